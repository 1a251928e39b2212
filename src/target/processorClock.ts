import { spawnSync } from 'node:child_process';

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
 * `se.exec_start` of /proc/PID/task/TID/sched: when the scheduler last accounted run time to a thread; of a blocked one
 * that is when it stopped running. Milliseconds of the clock of the processor that it ran on. Null without
 * CONFIG_SCHED_DEBUG, which most distributions have.
 */
export function parseLastRan(text: string | null): number | null {
  const match = text === null ? null : /^se\.exec_start +: +([0-9.]+)$/m.exec(text);
  const ms = Number(match?.[1] ?? NaN);
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

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

/** @param text of a process's own `sched`, which was last accounted for when it read that, and of `uptime` behind it */
export function parseBehindMs(text: string): number | null {
  const behindMs = Number(uptime.exec(text)?.[1] ?? NaN) * 1000 - (parseLastRan(text) ?? NaN);
  return Number.isFinite(behindMs) ? behindMs : null;
}
