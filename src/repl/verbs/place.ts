import type { Frame } from '../../model/agentReport.js';
import type { Thread } from '../../model/snapshot.js';
import type { RenderContext } from '../../render/context.js';
import { escapeUntrusted } from '../../render/escape.js';
import { framePlace, sourceLine, variablesOf } from '../../render/frames.js';
import { contextOf } from '../../render/renderDump.js';
import { threadHeading } from '../../render/threads.js';
import { count } from '../../render/units.js';
import { renderVariables } from '../../render/variables.js';
import type { ReplContext } from '../context.js';
import type { Outcome, View } from '../outcome.js';

type FrameOrError = Frame | { error: string };

/** What the renderers of src/render want. */
export function renderContextOf({ looking, ports }: ReplContext, view: View): RenderContext {
  const { snapshot } = looking;
  return contextOf(snapshot, { ...view, sourceOf: ports.sourceOf(snapshot) });
}

/** `#1  transfer (demo/hung_worker.py:31)` and its source line; `mark` stands in front of the chosen one. */
export function frameLines(
  frame: FrameOrError,
  number: number,
  mark: string,
  full: boolean,
  context: RenderContext,
): string[] {
  const start = `${mark}#${String(number).padEnd(2)} `;
  if ('error' in frame) {
    return [start + context.style.bad(`unreadable frame: ${escapeUntrusted(frame.error)}`)];
  }
  const truncated = frame.variablesTruncated;
  return [
    start + framePlace(frame, context),
    ...sourceLine(frame, context).map((line) => `  ${line}`),
    ...(full ? renderVariables([[variablesOf(frame), '']], '        ', context) : []),
    ...(full && truncated !== undefined
      ? [`        … ${count(truncated.shown)} of ${count(truncated.total)} variables shown`]
      : []),
  ];
}

/** `Thread 2: 1706 "pay bob"  waits for a lock (futex)` */
export function threadLines(context: ReplContext, thread: Thread, rendered: RenderContext): string[] {
  const [first = '', ...others] = threadHeading(thread, rendered);
  return [`[${context.looking.numberOf(thread)}] ${first}`, ...others];
}

/** Where one is: the chosen frame, and the thread if it was chosen just now. */
export function placeOutcome(context: ReplContext, withThread: boolean): Outcome {
  const { looking } = context;
  const { thread, frameNumber } = looking;
  if (thread === null)
    return { result: { kind: 'message', text: 'No thread.' }, lines: () => ['No thread.'] };
  const frame = looking.frames[frameNumber];
  return {
    result: {
      kind: 'place',
      thread: looking.describeThread(thread),
      frame: looking.describeFrame(frameNumber),
    },
    lines: (view) => {
      const rendered = renderContextOf(context, view);
      return [
        ...(withThread ? threadLines(context, thread, rendered) : []),
        ...(frame === undefined
          ? ['  no Python frames']
          : frameLines(frame, frameNumber, '> ', false, rendered)),
      ];
    },
  };
}
