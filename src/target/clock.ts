import { readProc } from './procFile.js';

/** When the machine was booted, in milliseconds since 1970, to the second (`btime` of proc_stat(5)). */
export function bootTimeMs(procRoot: string): number {
  const seconds = /^btime (\d+)$/m.exec(readProc(`${procRoot}/stat`))?.[1];
  return Number(seconds ?? 0) * 1000;
}

/** The time of a process's start (`startedMs` of its stat) as ISO 8601, to the second and a bit. */
export function startedAt(bootMs: number, startedMs: number): string {
  return new Date(bootMs + startedMs).toISOString();
}
