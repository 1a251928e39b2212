import type { Thread } from '../model/snapshot.js';
import type { FrameReference } from './liveTarget.js';

/** As many callers as make it unlikely enough that they all stand where they stood at another call. */
const mostCallers = 50;

/**
 * The frame as the live tier finds it.
 * @param frames all of its thread, innermost first
 * @param index of a readable one among them
 */
export function frameReference(
  ident: number,
  frames: Readonly<NonNullable<Thread['python']>['frames']>,
  index: number,
): FrameReference | null {
  const frame = frames[index];
  if (frame === undefined || 'error' in frame) return null;
  const callers = frames.slice(index + 1, index + 1 + mostCallers);
  return {
    ident,
    depth: frames.length - 1 - index,
    function: frame.function,
    file: frame.file,
    line: frame.line,
    callers: callers.map((caller) => ('error' in caller ? null : caller.line)),
  };
}
