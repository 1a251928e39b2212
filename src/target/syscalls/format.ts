/** An argument as int: the kernel shows the whole register. */
export function int(argument: bigint): number {
  return Number(BigInt.asIntN(32, argument));
}

/** "1.5s", "20ms", "0s"; at most microseconds. */
export function duration(nanoseconds: bigint): string {
  const ms = Number(nanoseconds / 1000n) / 1000;
  return Math.abs(ms) >= 1000 || ms === 0 ? `${trim(ms / 1000)}s` : `${trim(ms)}ms`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** "timeout=1.5s"; null is no timeout. */
export function timeout(nanoseconds: bigint | null): string {
  return `timeout=${nanoseconds === null ? 'infinite' : duration(nanoseconds)}`;
}

/** A timeout in milliseconds as poll(2) takes it: negative is none. */
export function timeoutMs(argument: bigint): string {
  const ms = int(argument);
  return timeout(ms < 0 ? null : BigInt(ms) * 1_000_000n);
}

/**
 * A timeout that lies at a pointer, which is 0 for none.
 * @param nanoseconds null: it cannot be read
 */
export function orInfinite(
  pointer: bigint,
  nanoseconds: bigint | null,
  text: (nanoseconds: bigint) => string = timeout,
): string {
  if (pointer === 0n) return timeout(null);
  return nanoseconds === null ? 'timeout=?' : text(nanoseconds);
}

/** From now until a point in time on CLOCK_MONOTONIC (which hrtime reads) or CLOCK_REALTIME. */
export function remaining(until: bigint, realtime: boolean): string {
  const now = realtime ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint();
  return `remaining=${duration(until - now)}`;
}

export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** Names of the bits of a mask, lowest first; unknown ones in hex. */
export function bitNames(mask: number, names: readonly (readonly [number, string])[]): string[] {
  const found: string[] = [];
  let rest = mask >>> 0;
  for (const [bit, name] of names) {
    if ((rest & bit) >>> 0 === bit >>> 0) {
      found.push(name);
      rest = (rest & ~bit) >>> 0;
    }
  }
  if (rest !== 0) found.push(`0x${rest.toString(16)}`);
  return found;
}
