import type { Snapshot, Thread } from '../model/snapshot.js';
import type { RenderContext } from './context.js';
import { escapeUntrusted } from './escape.js';
import { threadLabel } from './threadStatus.js';
import { duration, plural } from './units.js';
import { cut, wrapItems } from './width.js';

/** Arguments as a shell would take them, so that they can be told apart. */
export function commandLine(argv: readonly string[]): string {
  return argv
    .map((argument) => {
      const text = escapeUntrusted(argument);
      return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
    })
    .join(' ');
}

function about({ python, process, takenAt, stoppedUs }: Snapshot): string[] {
  const build = [python.debug ? 'debug build' : '', python.freeThreaded ? 'free-threaded' : ''].filter(
    (part) => part !== '',
  );
  const age = Date.parse(takenAt) - Date.parse(process.startedAt);
  return [
    `${python.implementation} ${escapeUntrusted(python.version)}${build.length > 0 ? ` (${build.join(', ')})` : ''}`,
    ...(process.containerPid === undefined ? [] : [`pid ${process.containerPid} in its container`]),
    `user ${escapeUntrusted(process.user)}`,
    ...(process.workingDirectory === null ? [] : [`in ${escapeUntrusted(process.workingDirectory)}`]),
    ...(Number.isFinite(age) ? [`up ${duration(Math.max(0, age))}`] : []),
    `taken ${takenAt}`,
    `stopped for ${duration(stoppedUs / 1000)}`,
  ];
}

/** Who holds the GIL, where that is known. */
export function gilLine(snapshot: Snapshot, { style }: RenderContext): string[] {
  const holders = snapshot.threads.filter(({ gil }) => gil === 'holds');
  const waiting = snapshot.threads.filter(({ gil }) => gil === 'waits').length;
  const waits = waiting === 0 ? '' : `, ${plural(waiting, 'thread waits', 'threads wait')} for it`;
  if (holders.length > 0) {
    return [
      `GIL: held by ${holders.map((thread: Thread) => style.good(threadLabel(thread))).join(', ')}${waits}`,
    ];
  }
  const locked = snapshot.interpreters.map(({ gil }) => gil.locked);
  if (locked.includes(true)) return [`GIL: ${style.bad('held, but by no thread that is known')}${waits}`];
  if (locked.length > 0 && locked.every((each) => each === false)) return [`GIL: free${waits}`];
  return [];
}

/** What is unusual about the interpreters. */
export function conditions(snapshot: Snapshot, { style }: RenderContext): string[] {
  const lines: string[] = [];
  if (snapshot.python.finalizing) lines.push(style.notice('The interpreter is shutting down.'));
  for (const { id, main, gc } of snapshot.interpreters) {
    const where = main ? '' : ` in interpreter ${id}`;
    if (gc.collecting === true) lines.push(style.notice(`The garbage collector is at work${where}.`));
    if (gc.enabled === false) lines.push(style.faint(`The garbage collector is switched off${where}.`));
  }
  return lines;
}

/** What is said of the whole process. */
export function renderHeader(context: RenderContext): string[] {
  const { snapshot, style, width } = context;
  const { process } = snapshot;
  const command = process.argv.length > 0 ? commandLine(process.argv) : escapeUntrusted(process.command);
  const start = `Process ${process.pid}: `;
  return [
    style.heading(start + cut(command, width - start.length)),
    ...wrapItems(about(snapshot), ', ', width),
    ...gilLine(snapshot, context),
    ...conditions(snapshot, context),
  ];
}
