import type { Frame } from '../model/agentReport.js';
import type { Thread } from '../model/snapshot.js';
import { signalName } from '../target/signals.js';
import { framesOf, readable } from './stack.js';

/** A function of Python's that a signal has called. */
export interface SignalHandler {
  readonly signal: string;
  /** The frame that it has interrupted. */
  readonly interrupted: Frame;
}

/** The number of a signal and the code of a frame, of `handler(number, frame)` or of `handler(*arguments)`. */
function argumentsOf(frame: Frame): { number: number; code: string } | null {
  const texts = readable(frame.variables)
    .filter(({ kind }) => kind === 'argument')
    .map(({ repr }) => repr);
  const number = /(?:^|^\(|\n)(\d+)(?:, |\n)<frame at 0x[0-9a-f]+, file [^\n]*, code ([^>\n]+)>/.exec(
    texts.join('\n'),
  );
  return number === null ? null : { number: Number(number[1]), code: number[2] ?? '' };
}

/**
 * The innermost handler of a signal on the stack of a thread: a function that was called with the number of a signal and
 * the very frame below it.
 */
export function handlerOn(thread: Thread): SignalHandler | null {
  const frames = framesOf(thread);
  for (const [index, frame] of frames.entries()) {
    const interrupted = frames[index + 1];
    const given = argumentsOf(frame);
    if (given !== null && interrupted?.function === given.code)
      return { signal: signalName(given.number), interrupted };
  }
  return null;
}
