import type { Greenlet } from '../model/greenlet.js';
import type { Snapshot } from '../model/snapshot.js';
import { forWhat, greenletName, greenletWaits, type GreenletWait } from '../why/greenletWaits.js';
import type { RenderContext } from './context.js';
import { escapeUntrusted } from './escape.js';
import { renderStacks, type Stack } from './frames.js';
import { grouped } from './grouped.js';
import { headed, mostNamed, someNamed } from './headed.js';
import { stackPlaces } from './stackPlaces.js';
import { threadLabel } from './threadStatus.js';
import { plural } from './units.js';
import { wrapItems, wrapText } from './width.js';

function greenletLabel(greenlet: Greenlet): string {
  return escapeUntrusted(greenletName(greenlet));
}

function stackKey(greenlet: Greenlet): string {
  return JSON.stringify([greenlet.tid, ...stackPlaces(greenlet)]);
}

/** Where the greenlets of a process are: the same for processes whose greenlets do the same. */
export function greenletPlaces({ greenlets }: Pick<Snapshot, 'greenlets'>): string[] {
  return (greenlets ?? [])
    .map((greenlet) => JSON.stringify([greenlet.type, greenlet.state, ...stackPlaces(greenlet)]))
    .sort();
}

function stackOf({ frames, framesTruncated, ...greenlet }: Greenlet): Stack {
  return {
    frames,
    ...(framesTruncated === undefined ? {} : { framesTruncated }),
    label: greenletLabel({ frames, ...greenlet }),
  };
}

function threadOf(tid: number | null, { snapshot }: RenderContext): string {
  const thread = snapshot.threads.find((each) => each.tid === tid);
  if (thread === undefined) return 'of a thread that is not known';
  return `of thread ${threadLabel(thread)}`;
}

function labels(group: readonly Greenlet[], width: number): string[] {
  return wrapItems(someNamed(group.map(greenletLabel)), ', ', width - 2).map((line) => `  ${line}`);
}

type Group = readonly [GreenletWait, ...GreenletWait[]];

function statusOf(wait: GreenletWait): string {
  return wait.what === null ? '' : escapeUntrusted(`waits${forWhat(wait)}`);
}

/** What the greenlets wait for, and below it which. */
function several(group: Group, { width }: RenderContext): string[] {
  return grouped(group, statusOf).flatMap((same) => {
    const status = statusOf(same[0]);
    const named = labels(
      same.map(({ greenlet }) => greenlet),
      width,
    );
    return status === ''
      ? named
      : [
          ...wrapText(`${status}:`, width - 2).map((line) => `  ${line}`),
          ...named.map((line) => `  ${line}`),
        ];
  });
}

/** One group of greenlets that are switched out at the same place. */
export function renderGreenletGroup(group: Group, context: RenderContext): string[] {
  const { style, width } = context;
  const [first, ...others] = group;
  const label = style.heading(`Greenlet ${greenletLabel(first.greenlet)}`);
  const status = statusOf(first);
  const heading =
    others.length === 0
      ? headed(label, status, status, width, '  ')
      : [style.heading(`${group.length} greenlets with the same stack:`), ...several(group, context)];
  const stacks = others.map(({ greenlet }) => stackOf(greenlet));
  return [...heading, ...renderStacks([stackOf(first.greenlet), ...stacks], context)];
}

function notStarted(group: readonly Greenlet[], context: RenderContext): string[] {
  const { style, width } = context;
  if (group.length === 0) return [];
  const lines = group.slice(0, mostNamed).flatMap((each) => {
    const run = each.run === undefined || 'error' in each.run ? '' : `: ${escapeUntrusted(each.run.repr)}`;
    return wrapText(greenletLabel(each) + run, width - 2).map((line) => `  ${line}`);
  });
  if (group.length > mostNamed) lines.push(`  and ${group.length - mostNamed} more`);
  return [style.heading(`${plural(group.length, 'greenlet')} not started yet:`), ...lines];
}

/**
 * The greenlets of the process, by thread: those with the same stack once. The one that a thread runs is not shown
 * again.
 */
export function renderGreenlets(context: RenderContext): string[][] {
  const { snapshot, style } = context;
  const waits = greenletWaits(snapshot);
  return grouped(snapshot.greenlets ?? [], ({ tid }) => String(tid)).flatMap((ofThread) => {
    const [{ tid }] = ofThread;
    const running = ofThread.find(({ state }) => state === 'running');
    const runs = running === undefined ? '' : `, which runs ${greenletLabel(running)}`;
    const out = waits.filter(({ greenlet }) => greenlet.tid === tid);
    const waiting = ofThread.filter(({ state }) => state === 'not started');
    if (out.length + waiting.length === 0) return [];
    const counted = plural(out.length, 'greenlet');
    return [
      [style.heading(`${counted} ${threadOf(tid, context)}${runs}, switched out:`)],
      ...grouped(out, ({ greenlet }) => stackKey(greenlet)).map((group) =>
        renderGreenletGroup(group, context),
      ),
      notStarted(waiting, context),
    ].filter((lines) => lines.length > 0);
  });
}
