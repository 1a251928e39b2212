import type { Call, ReplContext } from './context.js';
import type { Outcome } from './outcome.js';

/** One verb of the REPL. */
export interface Verb {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** "thread [N|NAME]" */
  readonly usage: string;
  /** One line for `help`. */
  readonly summary: string;
  /** More, for `help VERB`. */
  readonly more?: string;
  /** What can be completed behind it. `python` may also go on over several lines. */
  readonly takes?: 'python' | 'thread' | 'verb';
  /** An empty line does it again, without what stood behind it. */
  readonly repeats?: true;
  /** It shows the snapshot, which may be old. */
  readonly frozen?: true;
  readonly run: (context: ReplContext, call: Call) => Promise<Outcome>;
}
