import type { Inspected, TreeProcess } from '../model/processTree.js';
import type { ProcessInfo, Snapshot } from '../model/snapshot.js';
import type { SourceOf } from './context.js';
import { escapeUntrusted } from './escape.js';
import { commandLine } from './header.js';
import { renderDump, type DumpOptions } from './renderDump.js';
import { styleOf, type Style } from './style.js';
import { groupThreads, placeKey } from './threadGroups.js';
import { blockedFor, statusOf } from './threadStatus.js';
import { cutShort, displayWidth, wrapText } from './width.js';

export interface TreeOptions extends Omit<DumpOptions, 'sourceOf'> {
  readonly sourceLinesOf: (process: ProcessInfo) => SourceOf;
}

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
  return JSON.stringify([process.depth, ...result.threads.map(placeKey).sort()]);
}

function groupProcesses(described: readonly Described[]): ProcessGroup[] {
  const groups = new Map<string, [Described, ...Described[]]>();
  for (const each of described) {
    const key = stacksKey(each);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()];
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

function outcome(
  each: Inspected<Snapshot>,
  style: Style,
): { plain: string; paint: (text: string) => string } {
  switch (each.kind) {
    case 'described':
      return { plain: activity(each.result), paint: (text) => text };
    case 'notPython':
      return { plain: 'not Python', paint: style.faint };
    case 'failed':
      return { plain: escapeUntrusted(each.error.message), paint: style.bad };
  }
}

/** The longest part of a command line in the overview, where nothing else sets a limit. */
const longestCommand = 60;

/** A command line without the directory of the program; with no arguments, the kernel's name. */
function shortCommand({ argv: [program, ...others], command }: TreeProcess): string {
  if (program === undefined) return command === '' ? '?' : `[${escapeUntrusted(command)}]`;
  const name = program.startsWith('/') ? program.slice(program.lastIndexOf('/') + 1) : program;
  return commandLine([name, ...others]);
}

/** One process in the overview. */
function overviewLine(each: Inspected<Snapshot>, width: number, style: Style): string[] {
  const { pid, depth } = each.process;
  const indent = '  '.repeat(Math.min(depth, 20));
  const head = `${indent}${pid} `;
  const shown = cutShort(
    shortCommand(each.process),
    Math.max(20, Math.min(longestCommand, width - displayWidth(head))),
  );
  const { plain, paint } = outcome(each, style);
  const line = `${head}${shown}  ${plain}`;
  if (displayWidth(line) <= width)
    return [`${indent}${style.heading(String(pid))} ${shown}  ${paint(plain)}`];
  const below = `${indent}    `;
  return [
    `${indent}${style.heading(String(pid))} ${shown}`,
    ...wrapText(plain, Math.max(20, width - below.length)).map((text) => below + paint(text)),
  ];
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
  const overview = inspected.flatMap((each) => overviewLine(each, options.width, style));
  const dumps = groupProcesses(described).map((group) => {
    const [{ result }] = group;
    const heading = groupHeading(group, inspected, options.width - mark.length);
    const lines = heading.map((line, index) => style.heading((index === 0 ? mark : '   ') + line));
    const dump = renderDump(result, { ...options, sourceOf: options.sourceLinesOf(result.process) });
    return `${lines.join('\n')}\n\n${dump}`;
  });
  return [`${overview.join('\n')}\n`, ...dumps].join('\n');
}
