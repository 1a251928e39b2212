import type { FileDescriptor } from '../model/fileDescriptor.js';
import type { Thread } from '../model/snapshot.js';
import { grouped } from './grouped.js';
import type { RenderContext } from './context.js';
import { describeFd } from './fdDetail.js';
import { renderFrames } from './frames.js';
import { headed, someNamed } from './headed.js';
import type { ThreadGroup } from './threadGroups.js';
import { blockedFor, statusOf, threadLabel } from './threadStatus.js';
import { renderNativeFrames } from './nativeFrames.js';
import { plural } from './units.js';
import { wrapItems, wrapText } from './width.js';

/** The text of a status, in the colour of what it says. */
export function paintStatus(status: string, thread: Thread, { style }: RenderContext): string {
  if (thread.gil === 'holds') return style.good(status);
  if (thread.gil === 'waits' || (thread.python?.raising ?? null) !== null) return style.notice(status);
  return thread.kernel?.state === 'D' ? style.bad(status) : status;
}

/** What the file descriptors are that a thread waits for, where they were asked for. */
function waitedFor(thread: Thread, { snapshot, style, width }: RenderContext): string[] {
  const waited = thread.kernel?.systemCall?.fds ?? [];
  return waited.slice(0, 4).flatMap((number) => {
    const found = snapshot.fds?.find((each: FileDescriptor) => each.fd === number);
    if (found === undefined) return [];
    const [first = '', ...others] = wrapText(`fd ${number}: ${describeFd(found)}`, width - 4);
    return [`  ${style.faint(first)}`, ...others.map((line) => `    ${style.faint(line)}`)];
  });
}

function daemonOf(thread: Thread): string {
  return thread.python?.daemon === true ? ', daemon' : '';
}

/** Who a thread is and what it does. */
export function threadHeading(thread: Thread, context: RenderContext): string[] {
  const status = statusOf(thread, blockedFor([thread]));
  const daemon = daemonOf(thread);
  const painted = paintStatus(status, thread, context) + daemon;
  const heading = context.style.heading(`Thread ${threadLabel(thread)}`);
  return [...headed(heading, painted, status + daemon, context.width, '  '), ...waitedFor(thread, context)];
}

/** Each status, and below it who has it. */
function several(threads: readonly Thread[], context: RenderContext): string[] {
  return grouped(threads, (thread) => statusOf(thread) + daemonOf(thread)).flatMap((same) => {
    const status = statusOf(same[0], blockedFor(same));
    const daemon = daemonOf(same[0]);
    const names = wrapItems(someNamed(same.map(threadLabel)), ', ', context.width - 4);
    const what = paintStatus(status, same[0], context) + daemon;
    const [only] = names;
    if (names.length === 1 && only !== undefined) {
      return headed(`  ${only}`, what, status + daemon, context.width, '    ');
    }
    return [...(status === '' ? [] : [`  ${what}:`]), ...names.map((line) => `    ${line}`)];
  });
}

/** One group of threads: who they are, what they do, their stack. */
export function renderGroup(group: ThreadGroup, context: RenderContext): string[] {
  const { style } = context;
  if (group[0].python === null) {
    const heading = `${plural(group.length, 'native thread')}, unknown to Python:`;
    return [
      style.heading(heading),
      ...several(group, context),
      ...renderNativeFrames(group[0].nativeFrames, null, context),
    ];
  }
  const heading =
    group.length === 1
      ? threadHeading(group[0], context)
      : [style.heading(`${group.length} threads with the same stack:`), ...several(group, context)];
  return [...heading, ...renderFrames(group, context)];
}
