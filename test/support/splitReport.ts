/** What test/targets/split.py says of itself. */
export interface SplitReport {
  /** Seconds of CLOCK_MONOTONIC. */
  readonly begin: number;
  readonly end: number;
  readonly threads: Readonly<Record<string, SplitThread>>;
  readonly functions: Readonly<Record<string, readonly [first: number, last: number]>>;
  readonly pairs: readonly (readonly [caller: string, callee: string])[];
  readonly broken: readonly string[];
  readonly meant: Readonly<Record<string, number>>;
}

export interface SplitThread {
  readonly tid: number;
  /** Seconds; null: the kernel does not say. */
  readonly cpu: number | null;
  readonly ready: number | null;
  readonly phases: Readonly<Record<string, number>>;
  readonly turns: number;
}

/** CLOCK_MONOTONIC in seconds, as the targets have it. */
export function monotonicSeconds(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}
