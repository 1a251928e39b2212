# settings.gdb: how sleeper wants its gdb. For the CLI's own gdb; a person's gdb keeps its settings.
#
# Works on gdb 10 to 18. An unknown setting would end the script, so each setting that came later
# stands behind a test of the version.

# Nothing is loaded, fetched, asked, decorated or cut.
set auto-load off
if $_gdb_major >= 11
  set startup-quietly on
end
if $_gdb_major >= 12
  set debuginfod enabled off
end
set confirm off
set pagination off
set width 0
set height 0
set style enabled off
set print thread-events off
set print inferior-events off
set history save off
set max-value-size unlimited
set print elements 0
set language c

# No symbols: they would be read while the target stands still. With a system root in which there is
# nothing gdb finds neither the program nor its libraries. The agent's addresses come from the CLI.
set sysroot /proc/self/fdinfo
set auto-solib-add off
# Not empty: that would mean the dynamic loader's own search path.
set libthread-db-search-path /proc/self/fdinfo
set breakpoint pending off
set unwindonsignal off

# The target's own signals neither stop it nor get lost; not even SIGINT, which gdb likes
# to keep for itself. `sleeper-call` makes exceptions while it runs.
handle all nostop noprint pass
handle SIGINT nostop noprint pass
# But not SIGTRAP: of each process that the target forks gdb makes a single step before it lets it go, and would pass on
# the SIGTRAP of that, which ends it (linux_nat_target::follow_fork in gdb's linux-nat.c). A SIGTRAP that the target
# sends itself is lost meanwhile.
handle SIGTRAP nostop noprint nopass
# What the CLI stops a running target with. It cannot be blocked, and gdb does not pass it on.
handle SIGSTOP stop print nopass

# A fork of the target is not followed and not kept.
set follow-fork-mode parent
set detach-on-fork on
set follow-exec-mode same
set schedule-multiple off
set non-stop off
set mi-async on

set $sleeper_quiet = 1
