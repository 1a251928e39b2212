import { spawn } from 'node:child_process';

/** A small process of our own for gdb to practise on. */
export interface PracticeTarget {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  end(): void;
}

/** Starts a shell that waits for the end of its input: it ends when this process does, however it does. */
export function startPracticeTarget(): PracticeTarget {
  const child = spawn('/bin/sh', ['-c', 'read line'], { stdio: ['pipe', 'ignore', 'ignore'], env: {} });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return { pid: child.pid, end: () => child.stdin.destroy() };
}
