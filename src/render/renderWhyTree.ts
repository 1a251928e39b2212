import type { Inspected } from '../model/processTree.js';
import type { WhyReport } from '../model/why.js';
import { escapeUntrusted } from './escape.js';
import { grouped } from './grouped.js';
import { overviewLines } from './processOverview.js';
import { renderWhy, type WhyOptions } from './renderWhy.js';
import { styleOf, type Style } from './style.js';
import { wrapText } from './width.js';

type Described = Extract<Inspected<WhyReport>, { kind: 'described' }>;
type Group = readonly [Described, ...Described[]];

/**
 * The same for processes beside each other that run the same program, and of which the same is to be said: their
 * threads, greenlets and tasks wait for the same kind of thing in the same lines.
 */
function sameKey({ process, result }: Described): string {
  const { verdict, findings, threads, greenlets = [], tasks = [] } = result;
  const doing = [threads, greenlets].flatMap((each, kind) =>
    each.map(({ place, waits }) => JSON.stringify([kind, place, waits?.for])),
  );
  const ofTasks = tasks.map(({ place, coroutine, waits }) =>
    JSON.stringify([place, coroutine, waits === null, waits?.tasks.length]),
  );
  const kinds = findings.map(({ kind }) => kind);
  const { parentPid, depth, argv } = process;
  return JSON.stringify([parentPid, depth, argv, verdict, kinds, doing.sort(), ofTasks.sort()]);
}

/** Processes of which the same is to be said, if none of those that were chosen is below them. */
function groupsOf(inspected: readonly Inspected<WhyReport>[]): Group[] {
  const described = inspected.flatMap((each, index) => {
    if (each.kind !== 'described') return [];
    const isParent = (inspected[index + 1]?.process.depth ?? 0) > each.process.depth;
    return [{ each, key: isParent ? `${each.process.pid}` : sameKey(each) }];
  });
  return grouped(described, ({ key }) => key).map(([first, ...others]): Group => [
    first.each,
    ...others.map(({ each }) => each),
  ]);
}

/** `the same are 18400, 18403, ...: 7 of the 8 processes below 18390` */
function others(group: Group, inspected: readonly Inspected<WhyReport>[], width: number): string[] {
  const [{ process }, ...same] = group;
  if (same.length === 0) return [];
  const peers = inspected.filter((each) => each.process.parentPid === process.parentPid);
  const place = process.parentPid === null ? '' : ` below ${process.parentPid}`;
  const pids = same.map((each) => each.process.pid).join(', ');
  const indent = '  '.repeat(Math.min(process.depth, 20) + 1);
  const text = `the same: ${pids} (${group.length} of ${peers.length} processes${place})`;
  return wrapText(text, Math.max(20, width - indent.length)).map((line) => indent + line);
}

/** `1 of 4 processes hangs: 18414`; nothing for a single one. */
function summary(inspected: readonly Inspected<WhyReport>[], width: number, style: Style): string[] {
  const described = inspected.filter((each) => each.kind === 'described');
  if (described.length < 2) return [];
  const hung = described.flatMap(({ process, result }) => (result.verdict === 'hung' ? [process.pid] : []));
  if (hung.length === 0) return [style.good(`None of ${described.length} processes hangs.`), ''];
  const verb = hung.length === 1 ? 'hangs' : 'hang';
  const text = `${hung.length} of ${described.length} processes ${verb}: ${hung.join(', ')}`;
  return [...wrapText(text, width).map((line) => style.bad(line)), ''];
}

/**
 * Several processes: how many of them hang, an overview with the verdict on each, then what was found of those that hang. What is to be said of
 * many is said once.
 */
export function renderWhyTree(inspected: readonly Inspected<WhyReport>[], options: WhyOptions): string {
  const style = styleOf(options.colour);
  const groups = groupsOf(inspected);
  const groupOf = new Map(groups.map((group) => [group[0] as Inspected<WhyReport>, group]));
  const overview = inspected.flatMap((each) => {
    const group = groupOf.get(each);
    if (each.kind === 'described' && group === undefined) return [];
    const lines = overviewLines(
      [each],
      ({ verdict, text }) => ({
        plain: escapeUntrusted(text.replaceAll('\n', ' ')),
        paint: verdict === 'hung' ? style.bad : style.good,
      }),
      { width: options.width, style },
    );
    return group === undefined
      ? lines
      : [...lines, ...others(group, inspected, options.width).map(style.faint)];
  });
  const hung = groups.flatMap(([{ result }]) =>
    result.verdict === 'hung' ? [renderWhy(result, options)] : [],
  );
  const lines = [...summary(inspected, options.width, style), ...overview];
  return [`${lines.join('\n')}\n`, ...hung].join('\n');
}
