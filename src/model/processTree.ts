import type { SleeperError } from '../errors.js';

/** A process among others that were chosen, in its place below those of them that started it. */
export interface TreeProcess {
  readonly pid: number;
  /** The process that started it, as the kernel says; null: the process is not there. */
  readonly parentPid: number | null;
  /** How many of the chosen ones are above it. */
  readonly depth: number;
  /** The kernel's name. */
  readonly command: string;
  readonly argv: readonly string[];
}

/** What came of looking into one of several processes. */
export type Inspected<T> =
  | { readonly kind: 'described'; readonly process: TreeProcess; readonly result: T }
  /** Another program, which was passed over: no failure, though there is an error that says so. */
  | { readonly kind: 'notPython'; readonly process: TreeProcess; readonly error: SleeperError }
  | { readonly kind: 'failed'; readonly process: TreeProcess; readonly error: SleeperError };
