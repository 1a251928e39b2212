import type { Snapshot } from '../model/snapshot.js';
import type { RenderContext, SourceOf } from './context.js';
import { escapeUntrusted } from './escape.js';
import { fdTable } from './fdTable.js';
import { renderGreenlets } from './greenlets.js';
import { renderHeader } from './header.js';
import { styleOf } from './style.js';
import { renderTasks } from './tasks.js';
import { groupThreads } from './threadGroups.js';
import { renderGroup } from './threads.js';
import { threadLabel } from './threadStatus.js';
import { count, plural } from './units.js';
import { renderVariables } from './variables.js';
import { wrapText } from './width.js';

export interface DumpOptions {
  /** With terminal colours. */
  readonly colour: boolean;
  /** Columns; Infinity: nothing is wrapped. */
  readonly width: number;
  /** Columns of one value at the most, where the width allows more; not limited unless given. */
  readonly valueWidth?: number;
  /** Show the interpreter's own functions among the frames of C. */
  readonly nativeAll?: boolean;
  readonly sourceOf: SourceOf;
  /** What hangs, in words, to stand at the top. */
  readonly hangs?: string | null;
}

function labels({ threads }: Snapshot): Map<number, string> {
  return new Map(
    threads.flatMap((thread) => (thread.python === null ? [] : [[thread.python.ident, threadLabel(thread)]])),
  );
}

function globals(context: RenderContext): string[][] {
  const { snapshot, style } = context;
  return (snapshot.modules ?? []).map(({ name, globals: variables, truncated }) => [
    style.heading(`Globals of ${escapeUntrusted(name)}`),
    ...renderVariables([[variables, '']], '  ', context),
    ...(truncated === undefined
      ? []
      : [style.faint(`  … ${count(truncated.shown)} of ${count(truncated.total)} globals shown`)]),
  ]);
}

function fileDescriptors({ snapshot, style, width }: RenderContext): string[][] {
  if (snapshot.fds === null) return [];
  const label = new Map(snapshot.threads.map((thread) => [thread.tid, threadLabel(thread)]));
  const table = fdTable(snapshot.fds, width, style, (tid) => label.get(tid) ?? `thread ${tid}`);
  return [[style.heading(plural(snapshot.fds.length, 'open file descriptor')), ...table]];
}

function warnings({ snapshot, style, width }: RenderContext): string[][] {
  if (snapshot.warnings.length === 0) return [];
  const lines = snapshot.warnings.flatMap(({ where, message }) =>
    wrapText(escapeUntrusted(where === '' ? message : `${where}: ${message}`), width - 4).map(
      (line, index) => (index === 0 ? `  ${line}` : `    ${line}`),
    ),
  );
  return [[style.notice(plural(snapshot.warnings.length, 'warning')), ...lines]];
}

function hanging(text: string | null, { style, width }: RenderContext): string[][] {
  if (text === null) return [];
  return text
    .split('\n')
    .map((line) => wrapText(escapeUntrusted(line), width).map((part) => style.bad(part)));
}

/** What the parts of the renderer share. */
export function contextOf(snapshot: Snapshot, options: DumpOptions): RenderContext {
  return {
    snapshot,
    style: styleOf(options.colour),
    width: options.width,
    valueWidth: options.valueWidth ?? Infinity,
    nativeAll: options.nativeAll === true,
    sourceOf: options.sourceOf,
    labelOfIdent: labels(snapshot),
  };
}

/** One process at one instant, as text for a person. Pure: whatever it needs of the outside is in the options. */
export function renderDump(snapshot: Snapshot, options: DumpOptions): string {
  const context = contextOf(snapshot, options);
  const sections = [
    renderHeader(context),
    ...hanging(options.hangs ?? null, context),
    ...groupThreads(snapshot.threads).map((group) => renderGroup(group, context)),
    ...renderGreenlets(context),
    ...renderTasks(context),
    ...globals(context),
    ...fileDescriptors(context),
    ...warnings(context),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
