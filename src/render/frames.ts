import type { Frame } from '../model/agentReport.js';
import type { Thread } from '../model/snapshot.js';
import type { NativeFrame } from '../model/nativeFrame.js';
import type { RenderContext } from './context.js';
import { escapeUntrusted } from './escape.js';
import { renderNativeFrames } from './nativeFrames.js';
import { shortPath } from './paths.js';
import type { ThreadGroup } from './threadGroups.js';
import { threadLabel } from './threadStatus.js';
import { count, plural } from './units.js';
import { marksOf, renderVariables, type AnyVariable, type VariableSet } from './variables.js';
import { cutShort, displayWidth } from './width.js';

type FrameInThread = readonly [frame: Frame, label: string];

const frameIndent = '  ';
const detailIndent = '      ';

/** The source line, with the part that is being executed underlined where the code says which that is. */
export function sourceLine(frame: Frame, context: RenderContext): string[] {
  if (frame.line === null) return [];
  const source = context.sourceOf(frame.file, frame.line);
  if (source === null) return [];
  const { style, width } = context;
  if (source.kind === 'changed') {
    return [`    ${style.notice('[source file changed after process started]')}`];
  }
  const text = escapeUntrusted(source.text.trim().replaceAll('\t', ' '));
  if (text === '') return [];
  const shown = cutShort(text, width - 6);
  return [
    ...(source.touched
      ? [`    ${style.notice('[source file replaced or touched after process started]')}`]
      : []),
    `    ${style.faint('>')} ${shown === text ? underlined(frame, source.text, text, context) : shown}`,
  ];
}

function underlined(frame: Frame, source: string, text: string, { style }: RenderContext): string {
  const { column, endColumn, line, endLine } = frame;
  if (column === undefined || endColumn === undefined || endLine !== line) return text;
  // Columns count bytes of UTF-8; when nothing was escaped they can be found again in what is printed.
  const bytes = Buffer.from(source);
  const start = bytes.subarray(0, column).toString().trimStart();
  const middle = bytes.subarray(column, endColumn).toString();
  if (middle === '' || !text.startsWith(start + middle) || middle.length === text.length) return text;
  return start + style.underline(middle) + text.slice(start.length + middle.length);
}

/** The variables of a frame, and the locks of the `with` statements it is in, unless a variable shows them. */
export function variablesOf(frame: Frame): AnyVariable[] {
  const named = new Set(frame.variables?.map((variable) => variable.address));
  const locks = (frame.stackLocks ?? []).filter(
    (lock) => lock.address === undefined || !named.has(lock.address),
  );
  return [
    ...(frame.variables ?? []),
    ...locks.map((lock, index) => ({ name: index === 0 ? '(with)' : `(with ${index + 1})`, ...lock })),
  ];
}

/** `transfer (demo/hung_worker.py:31)` */
export function framePlace(frame: Frame, context: RenderContext): string {
  const [name, place] = placeOf(frame, context);
  return `${name} ${place}`;
}

function placeOf(frame: Frame, { style, snapshot }: RenderContext): [name: string, place: string] {
  const name = escapeUntrusted(frame.qualifiedName ?? frame.function);
  const line = frame.line === null ? '' : `:${frame.line}`;
  const file = escapeUntrusted(shortPath(frame.file, snapshot.process.workingDirectory));
  return [style.function(name), `(${file}${line})`];
}

function setsOf(frames: readonly FrameInThread[]): VariableSet[] {
  return frames.map(([each, label]) => [variablesOf(each), label]);
}

function renderFrame(
  frames: readonly [FrameInThread, ...FrameInThread[]],
  inner: readonly FrameInThread[],
  context: RenderContext,
): string[] {
  const { style } = context;
  const [[frame]] = frames;
  const [name, place] = placeOf(frame, context);
  const heading = `${frameIndent}${name} ${place}`;
  const lines =
    displayWidth(heading) <= context.width ? [heading] : [frameIndent + name, detailIndent + place];
  lines.push(...sourceLine(frame, context));
  lines.push(...renderVariables(setsOf(frames), detailIndent, context, marksOf(setsOf(inner))));
  const truncated = frame.variablesTruncated;
  if (truncated !== undefined) {
    lines.push(
      detailIndent + style.faint(`… ${count(truncated.shown)} of ${count(truncated.total)} variables shown`),
    );
  }
  return lines;
}

/** The frames of a thread, or of what else has a stack, and what it is called. */
export interface Stack {
  readonly frames: readonly (Frame | { readonly error: string })[];
  readonly framesTruncated?: { readonly shown: number } | undefined;
  readonly nativeFrames?: readonly NativeFrame[] | undefined;
  readonly label: string;
}

/** The frame at one level of several stacks. */
function level(stacks: readonly Stack[], index: number): FrameInThread[] {
  return stacks.flatMap(({ frames, label }): FrameInThread[] => {
    const frame = frames[index];
    return frame === undefined || 'error' in frame ? [] : [[frame, label]];
  });
}

/** Stacks that are at the same places, as one, with the variables of all. */
export function renderStacks(stacks: readonly [Stack, ...Stack[]], context: RenderContext): string[] {
  const { style } = context;
  const [first] = stacks;
  const outside = renderNativeFrames(first.nativeFrames, null, context);
  if (first.frames.length === 0) return [...outside, frameIndent + style.faint('no Python frames')];
  const lines = first.frames.flatMap((frame, index) => {
    if ('error' in frame) {
      return [frameIndent + style.bad(`unreadable frame: ${escapeUntrusted(frame.error)}`)];
    }
    const [one, ...others] = level(stacks, index);
    if (one === undefined) return [];
    return [
      ...renderNativeFrames(first.nativeFrames, index, context),
      ...renderFrame([one, ...others], level(stacks, index - 1), context),
    ];
  });
  if (first.framesTruncated !== undefined) {
    const shown = plural(first.framesTruncated.shown, 'innermost frame');
    lines.push(frameIndent + style.faint(`… the stack goes on: only the ${shown} shown`));
  }
  return [...outside, ...lines];
}

function stackOf(thread: Thread): Stack {
  const { frames, framesTruncated } = thread.python ?? { frames: [] };
  return { frames, framesTruncated, nativeFrames: thread.nativeFrames, label: threadLabel(thread) };
}

/** The stack of a group, innermost frame first, with the variables of all its threads. */
export function renderFrames([first, ...others]: ThreadGroup, context: RenderContext): string[] {
  return first.python === null ? [] : renderStacks([stackOf(first), ...others.map(stackOf)], context);
}
