/**
 * Every failure that sleeper reports, in one place: what happened, and what to do next. Those of single commands of
 * the REPL are in replErrors.ts, those of recordings in recordingErrors.ts, those of trees of processes in treeErrors.ts, those
 * that only `sleeper doctor` tells in doctorErrors.ts.
 * docs/troubleshooting.md has a heading for each.
 */
import { existsSync } from 'node:fs';

/** The exit codes of the CLI. */
export const exitCodes = {
  ok: 0,
  /** Something failed that has no code of its own. */
  failure: 1,
  /** The command line was wrong. */
  usage: 2,
  /** Some of several processes failed, the others were described. */
  partial: 3,
  /** No such process, or it ended meanwhile. */
  noProcess: 4,
  /** Not CPython, or a version or build that is not supported. */
  notPython: 5,
  /** This user may not inspect that process. */
  permission: 6,
  /** The process is in a state in which it must not be touched: stopped, traced, zombie, uninterruptible. */
  badState: 7,
  /** gdb is missing, too old, or did not do what it was told. */
  gdb: 8,
  /** The agent is not in the process, or it is of another version. */
  agent: 9,
  /** A deadline passed. */
  timeout: 10,
} as const;

export type ExitCodeName = keyof typeof exitCodes;

/** A failure that a person can act on. */
export class SleeperError extends Error {
  override readonly name = 'SleeperError';
  constructor(
    /** Stable identifier, for scripts and for docs/troubleshooting.md. */
    readonly code: string,
    readonly exit: Exclude<ExitCodeName, 'ok'>,
    /** What happened. One sentence, no full stop needed after a path. */
    message: string,
    /** What to do next. */
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The id may be that of a process inside of its container: the ids that such processes have here. */
const hereOr = (otherwise: string, here: readonly number[]): string =>
  here.length === 0
    ? otherwise
    : `In its container, ${here.length === 1 ? 'process' : 'one of the processes'} ${here.slice(0, 5).join(', ')} has that id: use the one that it has here.`;

const processNamed = (pid: number | null): string => (pid === null ? 'any process' : `process ${pid}`);

/** At 0.1 to 0.3 ms a thread. */
const pauseOf = (threads: number): string =>
  `${(threads / 10_000).toFixed(1)} to ${(threads / 3_333).toFixed(1)} s`;

export const errors = {
  noSuchProcess: (pid: number, here: readonly number[] = []) =>
    new SleeperError(
      'no-such-process',
      'noProcess',
      `There is no process ${pid}.`,
      hereOr('List the Python processes with `sleeper ps`.', here),
    ),
  zombie: (pid: number, name: string, parent: number) =>
    new SleeperError(
      'zombie',
      'badState',
      `Process ${pid} (${name}) has ended; only its exit status is left (a zombie).`,
      `Its parent, process ${parent}, has not collected it: look there.`,
    ),
  mainThreadEnded: (pid: number) =>
    new SleeperError(
      'main-thread-ended',
      'badState',
      `The main thread of process ${pid} has ended (pthread_exit) while others go on: no debugger can attach to such a process.`,
      `\`grep . /proc/${pid}/task/*/wchan\` tells what its threads wait for in the kernel.`,
    ),
  kernelThread: (pid: number, name: string, here: readonly number[] = []) =>
    new SleeperError(
      'kernel-thread',
      'notPython',
      `Process ${pid} (${name}) is a thread of the kernel, not a program.`,
      hereOr('List the Python processes with `sleeper ps`.', here),
    ),
  notPython: (pid: number, command: string, executable: string, here: readonly number[] = []) =>
    new SleeperError(
      'not-python',
      'notPython',
      `Process ${pid} is not Python: it runs ${executable} (${command})`,
      hereOr('List the Python processes with `sleeper ps`; the one you mean may be its child.', here),
    ),
  otherPython: (pid: number, implementation: string) =>
    new SleeperError(
      'other-python',
      'notPython',
      `Process ${pid} runs ${implementation}; sleeper reads CPython only.`,
      'Use the tools of that implementation.',
    ),
  stopped: (pid: number) =>
    new SleeperError(
      'stopped',
      'badState',
      `Process ${pid} is stopped (job control: SIGSTOP, SIGTSTP, Ctrl-Z, or a background job that uses its terminal).`,
      `Let it go on with \`kill -CONT ${pid}\` (or fg), then try again.`,
    ),
  alreadyTraced: (pid: number, tracer: number, command: string) =>
    new SleeperError(
      'already-traced',
      'badState',
      tracer === 0
        ? `Process ${pid} is being traced from outside of this pid namespace.`
        : `Process ${pid} is being traced by process ${tracer} (${command}).`,
      'Only one debugger, strace or profiler can trace a process at a time: end that one first.',
    ),
  tooManyThreads: (pid: number, threads: number) =>
    new SleeperError(
      'too-many-threads',
      'badState',
      `Process ${pid} has ${threads} threads, and would stand still until gdb has stopped each of them: for ${pauseOf(threads)}.`,
      `If it may, look all the same with \`--max-threads ${threads}\`. \`sleeper fds ${pid}\` stops nothing.`,
    ),
  frozen: (pid: number) =>
    new SleeperError(
      'frozen',
      'badState',
      `Process ${pid} is frozen by its control group, as \`docker pause\` does.`,
      'Thaw it (`docker unpause`, `systemctl thaw`), then try again.',
    ),
  uninterruptible: (pid: number, tids: readonly number[], waitChannel: string) =>
    new SleeperError(
      'uninterruptible',
      'badState',
      `Process ${pid} has ${tids.length === 1 ? 'a thread' : `${tids.length} threads`} in uninterruptible sleep ` +
        `(${tids.slice(0, 5).join(', ')}${tids.length > 5 ? ', ...' : ''})` +
        `${waitChannel === '' ? '' : `, waiting in ${waitChannel} of the kernel`}; a debugger would wait for it without end.`,
      `See what it waits for with \`cat /proc/${pid}/task/${tids[0] ?? pid}/stack\` as root: a disk, a file system of the network or of FUSE, or a vfork child. \`sleeper why ${pid}\` tells what is known from outside.`,
    ),
  otherUser: (pid: number, owner: string, user: string) =>
    new SleeperError(
      'other-user',
      'permission',
      `Process ${pid} belongs to user ${owner}, and you are ${user}.`,
      `Run sleeper as ${owner === 'root' ? '' : `${owner} or as `}root: \`sudo sleeper ...\`.`,
    ),
  ptraceCapabilityDropped: (pid: number) =>
    new SleeperError(
      'no-ptrace-capability',
      'permission',
      `The kernel does not let you trace process ${pid}: root here lacks the capability CAP_SYS_PTRACE, as is usual in a container.`,
      'Start the container with `--cap-add SYS_PTRACE` (in Kubernetes: securityContext.capabilities.add), or run sleeper on the host.',
    ),
  ptraceScopeChildren: (pid: number) =>
    new SleeperError(
      'ptrace-scope-1',
      'permission',
      `The kernel lets you trace only your own descendants (kernel.yama.ptrace_scope is 1), and process ${pid} is none.`,
      'Run sleeper as root; start the program with `sleeper run --allow-attach`; or allow it for all until the next boot: `sudo sysctl kernel.yama.ptrace_scope=0`.',
    ),
  ptraceScopeAdmin: (pid: number | null) =>
    new SleeperError(
      'ptrace-scope-2',
      'permission',
      `Only an administrator may trace ${processNamed(pid)} (kernel.yama.ptrace_scope is 2).`,
      'Run sleeper as root, or with the capability CAP_SYS_PTRACE.',
    ),
  ptraceForbidden: (pid: number | null) =>
    new SleeperError(
      'ptrace-scope-3',
      'permission',
      `Nobody may trace ${processNamed(pid)}, not even root: kernel.yama.ptrace_scope is 3.`,
      'This holds until the next boot; change it in /etc/sysctl.d and restart the machine.',
    ),
  moreCapabilities: (pid: number) =>
    new SleeperError(
      'more-capabilities',
      'permission',
      `Process ${pid} has capabilities that you do not have.`,
      'Run sleeper as root.',
    ),
  notDumpable: (pid: number) =>
    new SleeperError(
      'not-dumpable',
      'permission',
      `Process ${pid} is protected from tracing: it changed its user or group, its executable is not readable, or it called prctl(PR_SET_DUMPABLE, 0).`,
      'Run sleeper as root.',
    ),
  otherNamespace: (pid: number) =>
    new SleeperError(
      'other-namespace',
      'permission',
      `Process ${pid} runs in another container (user or pid namespace), which you may not trace.`,
      'Run sleeper as root of the host, or inside of that container.',
    ),
  securityModule: (pid: number, label: string | null) =>
    new SleeperError(
      'security-module',
      'permission',
      `The kernel does not let you trace process ${pid} although you have what that takes: a security module (SELinux, AppArmor) forbids it` +
        (label === null ? '.' : `; you are confined as ${label}.`),
      'Look for "ptrace" in `dmesg` or in the audit log, and allow it there.',
    ),
  seccompFilter: (pid: number, message: string) =>
    new SleeperError(
      'seccomp-filter',
      'permission',
      `gdb could not attach to process ${pid} (${message}): you run under a seccomp filter, as in a container, which most likely forbids ptrace().`,
      'Run sleeper outside of that container or sandbox, or give it a filter that allows ptrace (Docker: `--cap-add SYS_PTRACE`).',
    ),
  gdbMissing: (gdb: string) =>
    new SleeperError(
      'gdb-missing',
      'gdb',
      `There is no gdb: ${gdb} was not found.`,
      'Install it: `apt install gdb` (Debian, Ubuntu), `dnf install gdb` (Fedora, RHEL), `apk add gdb` (Alpine); or name it with --gdb PATH.',
    ),
  gdbTooOld: (gdb: string, version: string) =>
    new SleeperError(
      'gdb-too-old',
      'gdb',
      `${gdb} is version ${version}; sleeper needs 10 or later.`,
      'Install a later gdb and name it with --gdb PATH.',
    ),
  gdbDoesNotStart: (gdb: string, output: string) =>
    new SleeperError(
      'gdb-does-not-start',
      'gdb',
      `${gdb} did not start: ${output || 'it said nothing'}`,
      'Run `gdb --version` to see whether it works at all; name another one with --gdb PATH.',
    ),
  gdbRefused: (command: string, message: string) =>
    new SleeperError(
      'gdb-refused',
      'gdb',
      `gdb answered to ${command}: ${message}`,
      'The process runs on. Please report this, with the file that --trace-gdb FILE writes.',
    ),
  gdbEnded: (pid: number, output: string) =>
    new SleeperError(
      'gdb-ended',
      'gdb',
      `gdb ended while it was attached to process ${pid}. Its last words: ${output || 'none'}`,
      `Somebody or something (the OOM killer?) killed it, or it crashed. Look whether the process still runs: \`ps -o stat= -p ${pid}\`.`,
    ),
  gdbHangs: (pid: number, doing: string, afterMs: number) =>
    new SleeperError(
      'gdb-hangs',
      'timeout',
      `gdb was still ${doing} process ${pid} after ${afterMs} ms, and had to be killed. The process was let go.`,
      `A thread of it may be in uninterruptible sleep. Look at \`ps -L -o tid,stat,wchan -p ${pid}\`.`,
    ),
  attachDenied: (pid: number, message: string) =>
    new SleeperError(
      'attach-denied',
      'permission',
      `The kernel did not let gdb attach to process ${pid}: ${message}`,
      'Run sleeper as the user of that process or as root; see docs/troubleshooting.md on ptrace_scope and containers.',
    ),
  agentMissing: (pid: number) =>
    new SleeperError(
      'agent-missing',
      'agent',
      `Process ${pid} was started without sleeper's agent.`,
      'Load it with `sleeper inject PID`, or start the program with `sleeper run -- COMMAND`.',
    ),
  injectUnsupported: (architecture: string) =>
    new SleeperError(
      'inject-unsupported',
      'agent',
      `On ${architecture} the agent cannot be loaded into a process that runs already, only on x86-64.`,
      'Start the program with `sleeper run -- COMMAND`.',
    ),
  agentArchitecture: (whose: string, architecture: string, built: string) =>
    new SleeperError(
      'agent-architecture',
      'agent',
      `The agent is built for ${built}, and ${whose} ${architecture}.`,
      'Build it on the machine that it is for, with `npm run build:agent`; there is none for processes of 32 bits.',
    ),
  agentNotBuilt: (path: string) =>
    new SleeperError(
      'agent-not-built',
      'agent',
      `The agent has not been built: there is no ${path}`,
      'Build it with `npm run build:agent` (needs a C compiler and make).',
    ),
  staticProgram: (pid: number, name: string) =>
    new SleeperError(
      'static-program',
      'agent',
      `Process ${pid} has no C library to load anything with: no ${name}() was found in it.`,
      'A static program cannot be given the agent.',
    ),
  loadFailed: (pid: number, reason: string) =>
    new SleeperError(
      'load-failed',
      'agent',
      `Process ${pid} could not load the agent: ${reason}`,
      'Security rules of its container may forbid it. Start it with `sleeper run -- COMMAND`.',
    ),
  declined: (pid: number) =>
    new SleeperError(
      'declined',
      'agent',
      `Process ${pid} was left alone: it runs without the agent, which was not to be loaded.`,
      '`--yes` loads it without a question.',
    ),
  badConfiguration: (path: string, reason: string) =>
    new SleeperError(
      'bad-configuration',
      'usage',
      `The configuration ${path} cannot be used: ${reason}`,
      'docs/configuration.md tells what it may hold.',
    ),
  agentNotReady: (pid: number, reason: string) =>
    new SleeperError(
      'agent-not-ready',
      'agent',
      `libsleeper.so is loaded in process ${pid} but does not serve it: ${reason || 'no reason given'}.`,
      'Start the program with `sleeper run`; docs/troubleshooting.md lists the reasons.',
    ),
  agentVersion: (pid: number, version: string) =>
    new SleeperError(
      'agent-version',
      'agent',
      `Process ${pid} runs ${version ? `version ${version} of libsleeper.so` : 'something else under the name of libsleeper.so'}, which this sleeper does not understand.`,
      'Use the sleeper that the process was started with, or start the process again.',
    ),
  agentRefused: (pid: number, reason: string) =>
    new SleeperError(
      'agent-refused',
      'agent',
      `libsleeper.so in process ${pid} refused: ${reason || 'no reason given'}.`,
      'The process runs on. docs/troubleshooting.md lists the reasons.',
    ),
  agentBroken: (pid: number, what: string) =>
    new SleeperError(
      'agent-broken',
      'agent',
      `libsleeper.so in process ${pid} answered nonsense: ${what}.`,
      'The process runs on. Please report this, with the file that --trace-gdb FILE writes.',
    ),
  badPid: (text: string) =>
    new SleeperError(
      'bad-pid',
      'usage',
      `"${text}" is not a process id.`,
      'List the Python processes with `sleeper ps`.',
    ),
  noPid: () =>
    new SleeperError(
      'no-pid',
      'usage',
      'Which process? There is no terminal to choose one on.',
      'Name its id, for example `sleeper dump 1234`; `sleeper ps` lists the Python processes.',
    ),
  nothingToChoose: () =>
    new SleeperError(
      'nothing-to-choose',
      'noProcess',
      'No Python process is running that you may see.',
      'Start one with `sleeper run -- python3 app.py`.',
    ),
  noSuchThread: (pid: number, wanted: string, there: readonly string[]) =>
    new SleeperError(
      'no-such-thread',
      'failure',
      `Process ${pid} has no thread ${wanted}.`,
      `It has ${there.slice(0, 10).join(', ')}${there.length > 10 ? ` and ${there.length - 10} more` : ''}.`,
    ),
  outputFailed: (path: string, reason: string, cause: unknown) =>
    new SleeperError(
      'output-failed',
      'failure',
      `${path} cannot be written: ${reason}.`,
      'Choose another file with --output, or leave it out to print.',
      { cause },
    ),
  unexpected: (cause: unknown) =>
    new SleeperError(
      'unexpected',
      'failure',
      `This should not have happened: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Please report it, with what `-v` and `--trace-gdb FILE` tell.',
      { cause },
    ),
} as const;

/** Whatever was thrown, as something that can be told. */
export function asSleeperError(error: unknown): SleeperError {
  if (error instanceof SleeperError) return error;
  const ended = endedProcess(error as NodeJS.ErrnoException | null);
  return ended === null ? errors.unexpected(error) : errors.noSuchProcess(ended);
}

/** A process may end at any moment, and its files in /proc with it: the process of which that is what has failed. */
function endedProcess(error: NodeJS.ErrnoException | null): number | null {
  if (!['ENOENT', 'ESRCH', 'EIO'].includes(error?.code ?? '')) return null;
  const pid = /\/proc\/(\d+)\//.exec(error?.path ?? error?.message ?? '')?.[1];
  return pid === undefined || existsSync(`/proc/${pid}`) ? null : Number(pid);
}
