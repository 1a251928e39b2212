import { spawnSync } from 'node:child_process';

/** A line of the kernel: when the process that reads it was last accounted for, which is now. */
const lastRan = /^se\.exec_start +: +([0-9.]+)$/m;
/** /proc/uptime (proc_uptime(5)): seconds, to a hundredth. */
const uptime = /^([0-9.]+) [0-9.]+$/m;

/** Meanwhile a processor may lose so much that it shows: a hundredth, where the hypervisor is busy. */
const keptMs = 1000;
/** For a processor that others keep busy. */
const deadlineMs = 500;
/** Of more processors the clocks are not asked for in `keptMs`. */
const mostProcessors = 16;

const kept = new Map<number, { readonly behindMs: number | null; readonly untilMs: number }>();

/**
 * How far the scheduler's clock of a processor is behind /proc/uptime, in milliseconds, to some ticks; null: it is not to be
 * had. Has a process run there, which takes milliseconds.
 */
export function processorBehindMs(processor: number): number | null {
  const now = performance.now();
  for (const [other, { untilMs }] of kept) if (untilMs < now) kept.delete(other);
  const known = kept.get(processor);
  if (known !== undefined) return known.behindMs;
  if (kept.size >= mostProcessors) return null;
  const behindMs = measure(processor);
  kept.set(processor, { behindMs, untilMs: performance.now() + keptMs });
  return behindMs;
}

function measure(processor: number): number | null {
  const command = ['-c', String(processor), 'cat', '/proc/self/sched', '/proc/uptime'];
  const { stdout } = spawnSync('taskset', command, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: deadlineMs,
  }) as { stdout: string | null };
  return parseBehindMs(stdout ?? '');
}

/** @param text of a process's own `sched`, and of `uptime` behind it */
export function parseBehindMs(text: string): number | null {
  const [clockMs, seconds] = [lastRan, uptime].map((line) => Number(line.exec(text)?.[1] ?? NaN));
  const behindMs = (seconds ?? NaN) * 1000 - (clockMs ?? NaN);
  return Number.isFinite(behindMs) ? behindMs : null;
}
