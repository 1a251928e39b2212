import type { KindMembers } from './common.js';
import { infoField } from './openFd.js';

/** timerfd_create(2) takes these. */
const clocks = new Map([
  ['0', 'CLOCK_REALTIME'],
  ['1', 'CLOCK_MONOTONIC'],
  ['7', 'CLOCK_BOOTTIME'],
  ['8', 'CLOCK_REALTIME_ALARM'],
  ['9', 'CLOCK_BOOTTIME_ALARM'],
]);

/** `it_value` is the time that is left, `it_interval` the period, both "(seconds, nanoseconds)". */
export function describeTimerfd(info: string): KindMembers<'timerfd'> {
  const clock = infoField(info, 'clockid');
  return {
    kind: 'timerfd',
    clock: clock === null ? null : (clocks.get(clock) ?? `clock ${clock}`),
    nextMs: milliseconds(infoField(info, 'it_value')),
    intervalMs: milliseconds(infoField(info, 'it_interval')),
  };
}

function milliseconds(text: string | null): number | null {
  const [, seconds, nanoseconds] = /^\((\d+), (\d+)\)$/.exec(text ?? '') ?? [];
  if (seconds === undefined || nanoseconds === undefined) return null;
  const ms = Number(seconds) * 1000 + Number(nanoseconds) / 1e6;
  return ms === 0 ? null : ms;
}
