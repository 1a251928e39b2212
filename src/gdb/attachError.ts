import { readFileSync } from 'node:fs';
import { errors, type SleeperError } from '../errors.js';

/**
 * Why gdb could not attach, from what the kernel says now and, failing that, from gdb's words.
 * @param message gdb's error, "ptrace: Operation not permitted."
 */
export function attachError(pid: number, message: string, procRoot = '/proc'): SleeperError {
  const status = read(`${procRoot}/${pid}/status`);
  if (status === null || message.includes('No such process')) return errors.noSuchProcess(pid);
  const tracer = Number(/^TracerPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  if (tracer !== 0) {
    const command = read(`${procRoot}/${tracer}/comm`)?.trimEnd() ?? '?';
    return errors.alreadyTraced(pid, tracer, command);
  }
  if (/^State:\s*[ZX]/m.test(status)) return errors.noSuchProcess(pid);
  // What it forbids cannot be asked. All else that the kernel has against it was asked before gdb was told to attach.
  const filtered = /^Seccomp:\s*2$/m.test(read(`${procRoot}/self/status`) ?? '');
  if (filtered && message.includes('not permitted')) return errors.seccompFilter(pid, message);
  return errors.attachDenied(pid, message);
}

/**
 * Refuses a process that would stand still for long while it is attached to.
 * @throws SleeperError too-many-threads
 */
export function assertFewThreads(pid: number, mostThreads: number, procRoot = '/proc'): void {
  const status = read(`${procRoot}/${pid}/status`) ?? '';
  const threads = Number(/^Threads:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  if (threads > mostThreads) throw errors.tooManyThreads(pid, threads);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
