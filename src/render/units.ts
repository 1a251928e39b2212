/** Numbers as a person reads them. */

/** `1234567` -> `"1,234,567"`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `"3 threads"`, `"1 thread"`. */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

/** A duration in two units at the most: `"420 us"`, `"2.4 ms"`, `"12.1 s"`, `"3 min 20 s"`, `"2 d 4 h"`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} us`;
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `123456` -> `"120.6 KiB"`. */
export function bytes(value: number): string {
  let scaled = value;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (scaled < 1024) return unit === 'B' ? `${scaled} B` : `${scaled.toFixed(1)} ${unit}`;
    scaled /= 1024;
  }
  return `${scaled.toFixed(1)} TiB`;
}
