import { doctorErrors } from '../doctorErrors.js';
import { errors } from '../errors.js';
import { shortCommand } from './commandLine.js';
import { elfMachine, machineName } from './elfMachine.js';
import { isFrozen } from './frozen.js';
import { knownInsideAs } from './namesakes.js';
import { liveDirectory } from './liveDirectory.js';
import { permissionError } from './permission.js';
import { defaultProcRoot, tryListNumbers, tryReadLink, tryReadProc } from './procFile.js';
import { pythonProcess, type PythonProcess } from './pythonProcess.js';
import { parseStat } from './stat.js';
import { parseStatus } from './status.js';
import { isFreeThreaded, isSupportedPython } from './supportedPythons.js';
import { tracerName } from './tracerName.js';

/** The function in the kernel in which a thread waits for the server of a FUSE file system. */
export const fuseWaitChannel = 'request_wait_answer';

export interface AssertOptions {
  procRoot?: string;
  /**
   * For how long a thread may stay in uninterruptible sleep, or somebody may trace the process, before it is refused:
   * a short sleep is usual, and so is a short trace, by another sleeper.
   */
  patienceMs?: number;
  /** The caller looks at the threads later, just before it stops them, and calls `assertInterruptible` if need be. */
  leaveThreads?: boolean;
  /** How the kernel is asked for the permission; tests answer for it. */
  probe?: (pid: number, procRoot: string) => void;
}

/**
 * Checks, without touching the process, that a debugger can attach to it and will find CPython, in the order in which a
 * person would want to know.
 * @returns what was learnt of the interpreter
 * @throws SleeperError
 */
export function assertInspectable(pid: number, options: AssertOptions = {}): PythonProcess {
  const procRoot = options.procRoot ?? defaultProcRoot;
  const directory = `${procRoot}/${String(pid)}`;
  const line = tryReadProc(`${directory}/stat`);
  if (line === null) throw errors.noSuchProcess(pid, knownInsideAs(pid, procRoot));
  const stat = parseStat(line);

  liveDirectory(pid, procRoot);
  if (stat.kernelThread) throw errors.kernelThread(pid, stat.name, knownInsideAs(pid, procRoot));

  if ('ZXx'.includes(stat.state)) throw errors.mainThreadEnded(pid);

  // Without the permission to read this link, `python` is only a guess; the permission is what to speak of then.
  const python = pythonProcess(pid, { procRoot }) ?? pythonProcess(pid, { procRoot, thorough: true });
  const executable = tryReadLink(`${directory}/exe`);
  if (executable !== null) {
    if (python === null)
      throw errors.notPython(pid, shortCommand(procRoot, pid), executable, knownInsideAs(pid, procRoot));
    if (python.implementation !== 'CPython') throw errors.otherPython(pid, python.implementation);
    assertArchitecture(pid, directory);
  }

  assertState(pid, directory, options.patienceMs ?? defaultPatienceMs, procRoot);
  if (isFrozen(pid, procRoot)) throw errors.frozen(pid);
  if (options.leaveThreads !== true) assertInterruptible(pid, options);

  const denied = permissionError(pid, procRoot, options.probe);
  if (denied !== null) throw denied;
  if (python === null) throw errors.noSuchProcess(pid);
  assertSupported(pid, python, executable ?? '', procRoot);
  return python;
}

/** What a Python is that sleeper does not know is said before the agent is loaded into it, which would stay. */
function assertSupported(pid: number, python: PythonProcess, executable: string, procRoot: string): void {
  const { version } = python;
  // "3", or nothing: only the agent can tell more.
  if (version?.includes('.') !== true) return;
  if (!isSupportedPython(version)) throw doctorErrors.pythonUnsupported(pid, version);
  if (isFreeThreaded(executable, tryReadProc(`${procRoot}/${String(pid)}/maps`) ?? ''))
    throw doctorErrors.pythonUnsupported(pid, `${version}, free-threaded`);
}

/** Of another one, as of 32 bits on a machine of 64, no library of ours can be loaded. */
function assertArchitecture(pid: number, directory: string): void {
  const [own, machine] = [machineName(process.arch), elfMachine(`${directory}/exe`)];
  if (machine !== null && machine !== own) throw errors.agentArchitecture(`process ${pid} is`, machine, own);
}

const defaultPatienceMs = 200;
const pauseMs = 5;

function assertState(pid: number, directory: string, patienceMs: number, procRoot: string): void {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { state, tracer } = stateOf(pid, directory);
    if (tracer === 0 && state === 'T') throw errors.stopped(pid);
    // A tracer outside of this pid namespace has no number here.
    const traced = tracer !== 0 || state === 't';
    if (!traced) return;
    if (performance.now() >= deadline)
      throw errors.alreadyTraced(pid, tracer, tracer === 0 ? '' : tracerName(procRoot, tracer));
    pause();
  }
}

function stateOf(pid: number, directory: string): { state: string; tracer: number } {
  const line = tryReadProc(`${directory}/stat`);
  const status = tryReadProc(`${directory}/status`);
  if (line === null || status === null) throw errors.noSuchProcess(pid);
  return { state: parseStat(line).state, tracer: parseStatus(status).tracerPid };
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
}

/**
 * Looks again until no thread sleeps uninterruptibly, or the patience is over.
 * @throws SleeperError uninterruptible
 */
export function assertInterruptible(
  pid: number,
  options: Pick<AssertOptions, 'procRoot' | 'patienceMs'> = {},
): void {
  const directory = `${options.procRoot ?? defaultProcRoot}/${String(pid)}`;
  const deadline = performance.now() + (options.patienceMs ?? defaultPatienceMs);
  for (;;) {
    const waiting = uninterruptibleThreads(directory);
    const [first] = waiting;
    if (first === undefined) return;
    if (performance.now() >= deadline) {
      const channel = tryReadProc(`${directory}/task/${String(first)}/wchan`)?.trim() ?? '';
      throw errors.uninterruptible(pid, waiting, channel === '0' ? '' : channel);
    }
    pause();
  }
}

function uninterruptibleThreads(directory: string): number[] {
  return (tryListNumbers(`${directory}/task`) ?? []).filter((tid) => {
    const task = `${directory}/task/${String(tid)}`;
    const line = tryReadProc(`${task}/stat`);
    if (line === null) return false;
    const { state } = parseStat(line);
    return isUninterruptible(state, state === 'S' ? tryReadProc(`${task}/wchan`) : null);
  });
}

/**
 * A debugger that attaches to a thread in uninterruptible sleep waits for the end of that. Who waits for the server of a
 * FUSE file system sleeps interruptibly until it is interrupted, as by a debugger, and from then on uninterruptibly
 * (request_wait_answer(), fs/fuse/dev.c).
 * @param state of /proc/PID/task/TID/stat
 */
export function isUninterruptible(state: string, waitChannel: string | null): boolean {
  return state === 'D' || (state === 'S' && waitChannel === fuseWaitChannel);
}
