import type { Snapshot } from '../model/snapshot.js';
import type { Style } from './style.js';

/**
 * A line of source code, or the news that the file is no longer what the process runs.
 * `touched`: that may be so, for something kept the time of the file as it replaced it, or changed its owner or mode.
 */
export type SourceLine =
  { readonly kind: 'text'; readonly text: string; readonly touched?: boolean } | { readonly kind: 'changed' };

/** Where source lines come from; null where the file is not at hand. */
export type SourceOf = (file: string, line: number) => SourceLine | null;

/** What the parts of the dump's renderer share. */
export interface RenderContext {
  readonly snapshot: Snapshot;
  readonly style: Style;
  /** Columns; Infinity where nothing shall be cut. */
  readonly width: number;
  /** Columns of one value at the most, where the width allows more. */
  readonly valueWidth: number;
  readonly sourceOf: SourceOf;
  /** Show the interpreter's own functions among the frames of C. */
  readonly nativeAll: boolean;
  /** The label of a Python thread, by its ident. */
  readonly labelOfIdent: ReadonlyMap<number, string>;
}
