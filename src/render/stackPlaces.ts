import type { PythonThread } from '../model/agentReport.js';

/** Where a stack is, to be compared as JSON: the same for stacks that are at the same lines of the same functions. */
export function stackPlaces({
  frames,
  framesTruncated,
}: Pick<PythonThread, 'frames' | 'framesTruncated'>): unknown[] {
  const places = frames.map((frame) =>
    'error' in frame ? ['?', frame.error] : [frame.function, frame.qualifiedName, frame.file, frame.line],
  );
  return [places, framesTruncated?.shown];
}
