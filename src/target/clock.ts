import { readProc, tryReadProc } from './procFile.js';

/**
 * How much too early `startedAt` may be: the kernel tells the start of a process and the time since the boot in ticks
 * of 10 ms each.
 */
export const startPrecisionMs = 20;

/**
 * When the machine was booted, in milliseconds since 1970: by the time since then (proc_uptime(5)), for `btime` of
 * proc_stat(5) has whole seconds only. Where the two contradict each other, as in a container that is shown an uptime of
 * its own (LXCFS), the end of that second counts: a start that is told too early makes older files look changed.
 */
export function bootTimeMs(procRoot: string, now: () => number = Date.now): number {
  const uptimeMs = Number.parseFloat(tryReadProc(`${procRoot}/uptime`) ?? '') * 1000;
  // After the reading: what passes in between makes the boot later, not earlier.
  const bootMs = Math.round(now() - uptimeMs);
  const seconds = Number(/^btime (\d+)$/m.exec(readProc(`${procRoot}/stat`))?.[1] ?? 0);
  const latestMs = (seconds + 1) * 1000;
  const plausible = bootMs >= latestMs - 1000 - toleranceMs && bootMs <= latestMs + toleranceMs;
  return plausible ? bootMs : latestMs;
}

const toleranceMs = 100;

/** The time of a process's start (`startedMs` of its stat) as ISO 8601, to `startPrecisionMs`. */
export function startedAt(bootMs: number, startedMs: number): string {
  return new Date(bootMs + startedMs).toISOString();
}
