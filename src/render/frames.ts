import type { Frame } from '../model/agentReport.js';
import type { RenderContext } from './context.js';
import { escapeUntrusted } from './escape.js';
import { shortPath } from './paths.js';
import type { ThreadGroup } from './threadGroups.js';
import { threadLabel } from './threadStatus.js';
import { count, plural } from './units.js';
import { lockNote, valueText } from './values.js';
import { renderVariables } from './variables.js';
import { cutShort, displayWidth } from './width.js';

type FrameInThread = readonly [frame: Frame, label: string];

const frameIndent = '  ';
const detailIndent = '      ';

/** The source line, with the part that is being executed underlined where the code says which that is. */
function sourceLine(frame: Frame, context: RenderContext): string[] {
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

/** The locks of `with` statements: on the frame's value stack. Those that a variable shows are left out. */
function stackLocks(frame: Frame, context: RenderContext): string[] {
  const named = new Set(frame.variables?.map((variable) => variable.address));
  const { style, labelOfIdent } = context;
  return (frame.stackLocks ?? []).flatMap((lock) => {
    if ('error' in lock)
      return [detailIndent + style.bad(`with: unreadable: ${escapeUntrusted(lock.error)}`)];
    if (named.has(lock.address)) return [];
    return [
      `${detailIndent}${style.faint('with:')} ${valueText(lock.repr)}${style.notice(lockNote(lock, labelOfIdent))}`,
    ];
  });
}

function renderFrame(frames: readonly [FrameInThread, ...FrameInThread[]], context: RenderContext): string[] {
  const { style, snapshot } = context;
  const [[frame]] = frames;
  const name = escapeUntrusted(frame.qualifiedName ?? frame.function);
  const line = frame.line === null ? '' : `:${frame.line}`;
  const place = `${escapeUntrusted(shortPath(frame.file, snapshot.process.workingDirectory))}${line}`;
  const heading = `${frameIndent}${style.function(name)} (${place})`;
  const lines =
    displayWidth(heading) <= context.width
      ? [heading]
      : [frameIndent + style.function(name), `${detailIndent}(${place})`];
  lines.push(...sourceLine(frame, context));
  if (frame.variables !== undefined) {
    const sets = frames.map(([{ variables }, label]) => [variables ?? [], label] as const);
    lines.push(...renderVariables(sets, detailIndent, context));
  }
  const truncated = frame.variablesTruncated;
  if (truncated !== undefined) {
    lines.push(
      detailIndent + style.faint(`… ${count(truncated.shown)} of ${count(truncated.total)} variables shown`),
    );
  }
  lines.push(...frames.flatMap(([each]) => stackLocks(each, context)));
  return lines;
}

/** The stack of a group, innermost frame first, with the variables of all its threads. */
export function renderFrames(group: ThreadGroup, context: RenderContext): string[] {
  const { style } = context;
  const first = group[0].python;
  if (first === null) return [];
  if (first.frames.length === 0) return [frameIndent + style.faint('no Python frames')];
  const lines = first.frames.flatMap((frame, index) => {
    if ('error' in frame)
      return [frameIndent + style.bad(`unreadable frame: ${escapeUntrusted(frame.error)}`)];
    const others = group.slice(1).flatMap((thread): FrameInThread[] => {
      const same = thread.python?.frames[index];
      return same === undefined || 'error' in same ? [] : [[same, threadLabel(thread)]];
    });
    return renderFrame([[frame, threadLabel(group[0])], ...others], context);
  });
  if (first.framesTruncated !== undefined) {
    const shown = plural(first.framesTruncated.shown, 'innermost frame');
    lines.push(frameIndent + style.faint(`… the stack goes on: only the ${shown} shown`));
  }
  return lines;
}
