import type { Inspected } from '../model/processTree.js';
import type { ProcessInfo, Snapshot } from '../model/snapshot.js';
import { grouped } from './grouped.js';
import type { SourceOf } from './context.js';
import { escapeUntrusted } from './escape.js';
import { greenletPlaces } from './greenlets.js';
import { overviewLines, type Summary } from './processOverview.js';
import { renderDump, type DumpOptions } from './renderDump.js';
import { styleOf } from './style.js';
import { taskPlaces } from './tasks.js';
import { groupThreads, placeKey } from './threadGroups.js';
import { blockedFor, statusOf } from './threadStatus.js';
import { wrapText } from './width.js';

export interface TreeOptions extends Omit<DumpOptions, 'sourceOf' | 'hangs'> {
  readonly sourceLinesOf: (process: ProcessInfo) => SourceOf;
  /** What hangs, in words; null: nothing. */
  readonly hangsOf: (snapshot: Snapshot) => string | null;
}

const plain = (text: string): string => text;

/** In front of the heading of a process, which begins much further down than the one before. */
const mark = '── ';

type Described = Extract<Inspected<Snapshot>, { kind: 'described' }>;

/** Processes whose threads are at the same lines of the same functions. */
type ProcessGroup = readonly [Described, ...Described[]];

/**
 * The same for processes at the same height that do the same, whatever their variables are and for how long they have
 * waited.
 */
function stacksKey({ process, result }: Described): string {
  const threads = result.threads.map(placeKey).sort();
  return JSON.stringify([process.depth, threads, taskPlaces(result), greenletPlaces(result)]);
}

/** What the most interesting thread of a process does: `blocked in accept4(fd=5) for 12.1 s, in accept (socket.py:293)`. */
function activity({ threads }: Snapshot): string {
  const [thread] = groupThreads(threads)[0] ?? [];
  if (thread === undefined) return 'no thread';
  const frame = thread.python?.frames.find((each) => 'function' in each);
  const file = frame?.file.slice(frame.file.lastIndexOf('/') + 1) ?? '';
  const place =
    frame === undefined ? '' : `, in ${frame.qualifiedName ?? frame.function} (${file}:${frame.line ?? '?'})`;
  return statusOf(thread, blockedFor([thread])) + escapeUntrusted(place);
}

/** " below 4100" where that is true of all, else nothing. */
function placeOf(group: ProcessGroup): string {
  const parents = new Set(group.map(({ process }) => (process.depth === 0 ? null : process.parentPid)));
  const [parent = null] = parents;
  return parents.size === 1 && parent !== null ? ` below ${parent}` : '';
}

/** `7 of 8 processes below 4100 have the same stacks: 4102, ...`; one alone: `4102 below 4100`. */
function groupHeading(group: ProcessGroup, all: readonly Inspected<Snapshot>[], width: number): string[] {
  const [first] = group;
  const place = placeOf(group);
  if (group.length === 1) return [`${first.process.pid}${place}`];
  const peers = all.filter(
    ({ kind, process }) =>
      kind === 'described' && (place === '' || process.parentPid === first.process.parentPid),
  );
  const pids = group.map(({ process }) => process.pid).join(', ');
  return wrapText(
    `${group.length} of ${peers.length} processes${place} have the same stacks: ${pids}`,
    width,
  );
}

/**
 * Several processes: an overview with a line for each, then their dumps. Of processes with the same stacks only the
 * first is shown.
 */
export function renderTree(inspected: readonly Inspected<Snapshot>[], options: TreeOptions): string {
  const style = styleOf(options.colour);
  const described = inspected.filter((each) => each.kind === 'described');
  const hanging = new Map(described.map(({ result }) => [result, options.hangsOf(result)]));
  const doing = (result: Snapshot): Summary => {
    const hangs = hanging.get(result) ?? null;
    return hangs === null
      ? { plain: activity(result), paint: plain }
      : { plain: escapeUntrusted(hangs.replaceAll('\n', ' ')), paint: style.bad };
  };
  const overview = overviewLines(inspected, doing, { width: options.width, style });
  const dumps = grouped(described, stacksKey).map((group) => {
    const [{ result }] = group;
    const heading = groupHeading(group, inspected, options.width - mark.length);
    const lines = heading.map((line, index) => style.heading((index === 0 ? mark : '   ') + line));
    const dump = renderDump(result, {
      ...options,
      sourceOf: options.sourceLinesOf(result.process),
      hangs: hanging.get(result) ?? null,
    });
    return `${lines.join('\n')}\n\n${dump}`;
  });
  return [`${overview.join('\n')}\n`, ...dumps].join('\n');
}
