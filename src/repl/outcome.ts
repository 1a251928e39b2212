import type { ReplResult } from '../model/replAnswer.js';
import { escapeUntrusted } from '../render/escape.js';
import type { DumpOptions } from '../render/renderDump.js';

/** How a person looks at it: the options of every renderer. */
export type View = Omit<DumpOptions, 'sourceOf'>;

/** What a command gave: as data, and as lines for a person. */
export interface Outcome {
  readonly result: ReplResult;
  readonly lines: (view: View) => readonly string[];
  /** What a person should know beside it: that the frame has moved on, that a value is not live. */
  readonly notes?: readonly string[];
}

/** A command that has no more to say than a sentence. */
export function message(
  text: string,
  lines: (view: View) => readonly string[] = () => text.split('\n'),
): Outcome {
  return { result: { kind: 'message', text }, lines };
}

/** A text from the process, of several lines perhaps, as lines that a terminal can show. */
export function untrustedLines(text: string): string[] {
  return text.split('\n').map((line) => escapeUntrusted(line.replaceAll('\t', '        ')));
}
