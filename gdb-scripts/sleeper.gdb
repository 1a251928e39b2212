# sleeper.gdb: wakes libsleeper.so in the process that gdb is attached to.
#
#   gdb -p PID -x gdb-scripts/sleeper.gdb -ex sleeper-bt -ex detach -ex quit
#
# gdb's own language only: works on a gdb that was built without Python. The CLI's own gdb has it too, but for the
# commands for a person at the end, and the comments (build.js).

# Where things are in `struct sleeper_control` (agent-c/include/sleeper.h). A test compares.
set $sleeper_at_state = 32
set $sleeper_at_reason = 40
set $sleeper_at_entry = 424
set $sleeper_at_done = 432
set $sleeper_at_stack_top = 440
set $sleeper_at_request = 464
set $sleeper_at_flags = 468
set $sleeper_at_limits = 472
set $sleeper_at_input_length = 508
set $sleeper_at_status = 512
set $sleeper_at_output = 520
set $sleeper_at_resumed = 536
set $sleeper_at_again = 540
set $sleeper_at_landing = 544
set $sleeper_at_resume_pc = 552
set $sleeper_at_resume_ax = 560
set $sleeper_at_resume_syscall = 568
set $sleeper_at_resume_sp = 576
set $sleeper_at_begun = 776
set $sleeper_at_end = 784

# The state of a call that is under way in the selected thread.
set $sleeper_saved = 0
set $sleeper_mends = 0

# ---- The registers of each architecture: the only place that names them. ----
#
# x86-64: with $orig_rax = -1 the kernel does not restart, on top of the call, the system call that the
# stop interrupted; with the old value back it does. Each register is set by itself: that writes the
# general registers only, and never the extended state, which gdb up to 13 cannot write on some CPUs.
# The order keeps the target whole when gdb dies between two of them: see sleeper.h.
# After each, gdb looks for the frame that was selected, and if it finds it further out, the next register
# to be set is that frame's, somewhere on the target's stack. `with backtrace limit 1` keeps it from that, and from the
# search, which takes longer than all the rest, also after it has written to memory.
#
# aarch64: the kernel has prepared the restart before the debugger sees the stop, and drops it by
# itself when the program counter has been moved, so there is no third register. A thread does not go
# back by itself there.
#
# `$_isvoid ($orig_rax)` tells them apart.
define sleeper-save-registers
  if $_isvoid ($orig_rax)
    set $sleeper_pc = $pc
    set $sleeper_sp = $sp
    set $sleeper_flags = $cpsr
    set $sleeper_x0 = $x0
    set $sleeper_x1 = $x1
    set $sleeper_x2 = $x2
    set $sleeper_x3 = $x3
    set $sleeper_x4 = $x4
    set $sleeper_x5 = $x5
    set $sleeper_x6 = $x6
    set $sleeper_x7 = $x7
    set $sleeper_x8 = $x8
    set $sleeper_x9 = $x9
    set $sleeper_x10 = $x10
    set $sleeper_x11 = $x11
    set $sleeper_x12 = $x12
    set $sleeper_x13 = $x13
    set $sleeper_x14 = $x14
    set $sleeper_x15 = $x15
    set $sleeper_x16 = $x16
    set $sleeper_x17 = $x17
    set $sleeper_x18 = $x18
    set $sleeper_x19 = $x19
    set $sleeper_x20 = $x20
    set $sleeper_x21 = $x21
    set $sleeper_x22 = $x22
    set $sleeper_x23 = $x23
    set $sleeper_x24 = $x24
    set $sleeper_x25 = $x25
    set $sleeper_x26 = $x26
    set $sleeper_x27 = $x27
    set $sleeper_x28 = $x28
    set $sleeper_x29 = $x29
    set $sleeper_x30 = $x30
  else
    set $sleeper_pc = $rip
    set $sleeper_sp = $rsp
    set $sleeper_syscall = $orig_rax
    set $sleeper_flags = $eflags
    set $sleeper_rax = $rax
    set $sleeper_rbx = $rbx
    set $sleeper_rcx = $rcx
    set $sleeper_rdx = $rdx
    set $sleeper_rsi = $rsi
    set $sleeper_rdi = $rdi
    set $sleeper_rbp = $rbp
    set $sleeper_r8 = $r8
    set $sleeper_r9 = $r9
    set $sleeper_r10 = $r10
    set $sleeper_r11 = $r11
    set $sleeper_r12 = $r12
    set $sleeper_r13 = $r13
    set $sleeper_r14 = $r14
    set $sleeper_r15 = $r15
  end
end
# sleeper-aim CONTROL ENTRY DONE LANDING STACK_TOP: where things are in the process whose turn is next. Numbers and no
# pointers, for it is said before there is a process, and until then gdb may think of a machine with pointers of 32 bits.
define sleeper-aim
  set var $sleeper_control = $arg0, $sleeper_entry = $arg1, $sleeper_done = $arg2, $sleeper_landing = $arg3, $sleeper_stack_top = $arg4
end
# sleeper-enter: from here on, what is left of the call if gdb should die is in the agent's hands.
#
# $sleeper_resume, x86-64: $rip, $rax, $orig_rax and $rsp of the borrowed thread. $sleeper_pushed: the registers that the
# stub pushed lie below the top of the agent's stack, %flags on top, then %rax, %rcx ...
define sleeper-enter
  set var $sleeper_resume = (unsigned long *) ($sleeper_control + $sleeper_at_resume_pc), $sleeper_pushed = (unsigned long *) $sleeper_stack_top
  if $_isvoid ($orig_rax)
    sleeper-save-registers
    set $sp = (unsigned long) $sleeper_pushed
    set $pc = $sleeper_entry
  else
    with backtrace limit 1 -- set var *(unsigned long (*)[4]) $sleeper_resume = {(unsigned long) $rip, (unsigned long) $rax, (unsigned long) $orig_rax, (unsigned long) $rsp}, $rip = $sleeper_entry, $orig_rax = -1
  end
end
# sleeper-leave: the other way round. When the call is done the stub has put back what it can itself.
define sleeper-leave
  if $_isvoid ($orig_rax)
    with backtrace limit 1 -- sleeper-restore-registers
    queue-signal 0
  else
    if $pc == $sleeper_done
      with backtrace limit 1 -- set var $rip = $sleeper_landing, $rax = $sleeper_pushed[-2], $rcx = $sleeper_pushed[-3], $rdx = $sleeper_pushed[-4], $rsi = $sleeper_pushed[-7], $rdi = $sleeper_pushed[-8], $r10 = $sleeper_pushed[-11], $r11 = $sleeper_pushed[-12], $orig_rax = $sleeper_resume[2], $rip = $sleeper_resume[0]
      queue-signal 0
      set $sleeper_mends = 0
    else
      sleeper-mend
    end
  end
end
# A call that stopped elsewhere: its thread is brought to where calls end, for only there its signals are as before.
define sleeper-mend
  set $sleeper_mends = $sleeper_mends + 1
  set $sleeper_served = *(unsigned int *) ($sleeper_control + $sleeper_at_status)
  if $sleeper_mends > 8
    # It faults there, too.
    with backtrace limit 1 -- sleeper-restore-registers
    queue-signal 0
    set $sleeper_mends = 0
  else
    if $_siginfo.si_signo == 23
      # SIGURG. If the request was served it is the one of the stub, in a handler of a signal that came first; else
      # it is one of the target's own, which came before it was blocked.
      if $sleeper_served > 1
        set var *(unsigned int *) ($sleeper_control + $sleeper_at_again) = 1
        signal 0
      else
        signal SIGURG
      end
      sleeper-leave
    else
      sleeper-end-call
    end
  end
end
# It faulted, or was broken off. Before its first instruction nothing has happened yet, and before `begun` the stub does
# not know all registers.
define sleeper-end-call
  set $sleeper_begun = *(unsigned long *) ($sleeper_control + $sleeper_at_begun)
  set $sleeper_steps = 0
  while $pc > $sleeper_entry && $pc < $sleeper_begun && $sleeper_steps < 64
    stepi
    set $sleeper_steps = $sleeper_steps + 1
  end
  if $pc == $sleeper_entry
    with backtrace limit 1 -- set var $rip = $sleeper_resume[0], $orig_rax = $sleeper_resume[2]
    queue-signal 0
    set $sleeper_mends = 0
  else
    if $sleeper_served == 0 && $pc != $sleeper_begun
      # In a handler of a signal that came first. It will make the call when it comes back, and return by itself.
      queue-signal 0
      set $sleeper_mends = 0
    else
      with backtrace limit 1 -- set var $rip = *(unsigned long *) ($sleeper_control + $sleeper_at_end)
      signal 0
      sleeper-leave
    end
  end
end
define sleeper-restore-registers
  if $_isvoid ($orig_rax)
    set $cpsr = $sleeper_flags
    set $x0 = $sleeper_x0
    set $x1 = $sleeper_x1
    set $x2 = $sleeper_x2
    set $x3 = $sleeper_x3
    set $x4 = $sleeper_x4
    set $x5 = $sleeper_x5
    set $x6 = $sleeper_x6
    set $x7 = $sleeper_x7
    set $x8 = $sleeper_x8
    set $x9 = $sleeper_x9
    set $x10 = $sleeper_x10
    set $x11 = $sleeper_x11
    set $x12 = $sleeper_x12
    set $x13 = $sleeper_x13
    set $x14 = $sleeper_x14
    set $x15 = $sleeper_x15
    set $x16 = $sleeper_x16
    set $x17 = $sleeper_x17
    set $x18 = $sleeper_x18
    set $x19 = $sleeper_x19
    set $x20 = $sleeper_x20
    set $x21 = $sleeper_x21
    set $x22 = $sleeper_x22
    set $x23 = $sleeper_x23
    set $x24 = $sleeper_x24
    set $x25 = $sleeper_x25
    set $x26 = $sleeper_x26
    set $x27 = $sleeper_x27
    set $x28 = $sleeper_x28
    set $x29 = $sleeper_x29
    set $x30 = $sleeper_x30
    set $sp = $sleeper_sp
    set $pc = $sleeper_pc
  else
    set var $rip = $sleeper_landing, $eflags = $sleeper_pushed[-1], $rax = $sleeper_pushed[-2], $rcx = $sleeper_pushed[-3]
    set var $rdx = $sleeper_pushed[-4], $rbx = $sleeper_pushed[-5], $rbp = $sleeper_pushed[-6], $rsi = $sleeper_pushed[-7]
    set var $rdi = $sleeper_pushed[-8], $r8 = $sleeper_pushed[-9], $r9 = $sleeper_pushed[-10], $r10 = $sleeper_pushed[-11]
    set var $r11 = $sleeper_pushed[-12], $r12 = $sleeper_pushed[-13], $r13 = $sleeper_pushed[-14], $r14 = $sleeper_pushed[-15]
    set var $r15 = $sleeper_pushed[-16], $rsp = $sleeper_resume[3], $orig_rax = $sleeper_resume[2], $rip = $sleeper_resume[0]
  end
end

# sleeper-again: a system call that the stop has ended with EINTR (4) begins again instead, unless the handler of a
# signal is to run, as one does that ends with ERESTARTNOHAND (514). To be done before anything else to the thread.
define sleeper-again
  if $rax == -4
    with backtrace limit 1 -- set var $rax = -514
  end
end

# ---- The call that preserves everything ----

define sleeper-catch-signals
  set scheduler-locking on
  handle SIGURG SIGSEGV SIGBUS SIGILL SIGFPE stop print nopass
  # A person's gdb does so anyway, and would ask whether that is meant.
  if ! $_isvoid ($sleeper_quiet)
    handle SIGTRAP stop print nopass
  end
end
define sleeper-pass-signals
  set scheduler-locking replay
  if $_isvoid ($sleeper_quiet)
    handle SIGSEGV SIGBUS SIGILL SIGFPE stop print pass
    handle SIGURG nostop noprint pass
  else
    handle SIGTRAP nostop noprint nopass
    handle SIGURG SIGSEGV SIGBUS SIGILL SIGFPE nostop noprint pass
  end
end

define sleeper-call
  set $sleeper_stop = 0
  select-frame 0
  with backtrace limit 1 -- set var *(unsigned int *) ($sleeper_control + $sleeper_at_resumed) = 0
  sleeper-catch-signals
  set $sleeper_saved = 1
  sleeper-enter
  continue
  set $sleeper_stop = (unsigned long) $pc
  sleeper-restore
end
document sleeper-call
Let the selected thread, and no other, serve the request in the control block that sleeper-aim was told of, until it
says that it is done, or faults; put its registers back; leave in $sleeper_stop where it stopped.
end

define sleeper-restore
  if $sleeper_saved
    # A thread that nobody stopped at the end has gone back by itself and is on its own way.
    if *(unsigned int *) ($sleeper_control + $sleeper_at_resumed) == 0
      select-frame 0
      sleeper-leave
    end
    # Forget the signal: gdb would pass it on below, and the target would get it when it runs on.
    queue-signal 0
    set $sleeper_saved = 0
    sleeper-pass-signals
  end
end
document sleeper-restore
End a sleeper-call that was broken off: put the registers and gdb's settings back. Does nothing otherwise.
end

# ---- The same, many times a second ----

# sleeper-poke: as sleeper-call, and then lets the target run on. sleeper-aim goes before the first one.
define sleeper-poke
  set scheduler-locking on
  handle SIGTRAP SIGURG SIGSEGV SIGBUS SIGILL SIGFPE stop print nopass
  sleeper-enter
  continue
  sleeper-leave
  handle SIGTRAP nostop noprint nopass
  handle SIGURG SIGSEGV SIGBUS SIGILL SIGFPE nostop noprint pass
  set scheduler-locking replay
  continue &
end

# ---- The errand: a thread that calls a function of the target and comes back by itself ----

# sleeper-send BLOCK ENTRY: send the selected thread on the errand (agent-c/errand) that was written to BLOCK.
# It does not run before the target is continued or detached.
define sleeper-send
  select-frame 0
  sleeper-save-registers
  with backtrace limit 1 -- set var *(unsigned long (*)[19]) $arg0 = {(unsigned long) $sleeper_rbx, (unsigned long) $sleeper_rcx, (unsigned long) $sleeper_rdx, (unsigned long) $sleeper_rsi, (unsigned long) $sleeper_rdi, (unsigned long) $sleeper_rbp, (unsigned long) $sleeper_r8, (unsigned long) $sleeper_r9, (unsigned long) $sleeper_r10, (unsigned long) $sleeper_r11, (unsigned long) $sleeper_r12, (unsigned long) $sleeper_r13, (unsigned long) $sleeper_r14, (unsigned long) $sleeper_r15, (unsigned long) ($sleeper_flags + 0), (unsigned long) $sleeper_sp, (unsigned long) $sleeper_pc, (unsigned long) $sleeper_rax, (unsigned long) $sleeper_syscall}
  with backtrace limit 1 -- sleeper-depart $arg1
end
# If gdb dies between the two the kernel restarts a system call two bytes before ENTRY, where there are nops.
define sleeper-depart
  set $rip = $arg0
  set $orig_rax = -1
end

# ---- For the CLI ----

# It lets gdb practise on a process of its own before it stops the one that matters: what gdb does
# for the first time takes ten times as long.
define sleeper-practise
  sleeper-save-registers
  sleeper-aim $sp 0 0 0 0
  with backtrace limit 1 -- set var *(unsigned int *) ($sp - 1024) = 0
  select-frame 0
  sleeper-catch-signals
  if ! $_isvoid ($orig_rax)
    with backtrace limit 1 -- set var $rip = $sleeper_pc, $rax = $sleeper_rax, $orig_rax = $sleeper_syscall
  end
  queue-signal 0
  sleeper-pass-signals
end

# ---- For a person ----

define sleeper-request
  set $sleeper_block = (char *) &sleeper_control
  if *(unsigned int *) ($sleeper_block + $sleeper_at_state) != 1
    printf "libsleeper.so does not serve this process: %s\n", $sleeper_block + $sleeper_at_reason
  else
    set $sleeper_i = 0
    while $sleeper_i < 9
      set *(unsigned int *) ($sleeper_block + $sleeper_at_limits + 4 * $sleeper_i) = 0
      set $sleeper_i = $sleeper_i + 1
    end
    set *(unsigned int *) ($sleeper_block + $sleeper_at_input_length) = 0
    set *(unsigned int *) ($sleeper_block + $sleeper_at_flags) = $arg1
    set *(unsigned int *) ($sleeper_block + $sleeper_at_status) = 0
    set *(unsigned int *) ($sleeper_block + $sleeper_at_request) = $arg0
    sleeper-aim $sleeper_block *(long*)($sleeper_block+$sleeper_at_entry) *(long*)($sleeper_block+$sleeper_at_done) *(long*)($sleeper_block+$sleeper_at_landing) *(long*)($sleeper_block+$sleeper_at_stack_top)
    sleeper-call
    set $sleeper_status = *(unsigned int *) ($sleeper_block + $sleeper_at_status)
    if $sleeper_status == 3
      printf "libsleeper.so refused: %s\n", $sleeper_block + $sleeper_at_reason
    else
      set print elements 0
      if $_gdb_major >= 14
        set print characters elements
      end
      with max-value-size unlimited -- printf "%s\n", *(char **) ($sleeper_block + $sleeper_at_output)
      if $sleeper_status == 1
        printf "(broken off at %p)\n", $sleeper_stop
      end
    end
  end
end
document sleeper-request
sleeper-request KIND FLAGS: make one request of libsleeper.so and print its answer.
end

define sleeper-bt
  sleeper-request 2 0
end
document sleeper-bt
Print the Python stack of every thread. Needs libsleeper.so in the process (LD_PRELOAD).
end

define sleeper-dump
  sleeper-request 1 1
end
document sleeper-dump
Print everything that sleeper knows of the process as one line of JSON, with the variables of every frame.
end
