import type { ProcessListEntry } from '../model/processList.js';
import { escapeUntrusted } from './escape.js';
import { commandLine } from './header.js';
import { styleOf } from './style.js';
import { renderTable, type Column } from './table.js';
import { bytes, count } from './units.js';

export interface PsOptions {
  readonly colour: boolean;
  readonly width: number;
}

/** CPU time as ps(1) writes it: `12:34`, `1:02:03`. */
function cpuTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** What a process is, for a list: its version and its command line. */
export function versionText({ implementation, version }: ProcessListEntry): string {
  const text = escapeUntrusted(version ?? '?');
  return implementation === 'CPython' ? text : `${escapeUntrusted(implementation)} ${text}`;
}

export function commandText({ argv, command }: ProcessListEntry): string {
  return argv.length > 0 ? commandLine(argv) : `[${escapeUntrusted(command)}]`;
}

/** What `sleeper ps` prints. */
export function renderPs(processes: readonly ProcessListEntry[], options: PsOptions): string {
  const style = styleOf(options.colour);
  if (processes.length === 0) return 'No Python process is running that you may see.\n';
  const inside: Column<ProcessListEntry>[] = processes.some(({ containerPid }) => containerPid !== undefined)
    ? [{ title: 'INSIDE', align: 'right', cell: ({ containerPid }) => `${containerPid ?? ''}` }]
    : [];
  const columns: Column<ProcessListEntry>[] = [
    { title: 'PID', align: 'right', cell: ({ pid }) => `${pid}`, paint: (text) => style.heading(text) },
    ...inside,
    { title: 'PARENT', align: 'right', cell: ({ parentPid }) => `${parentPid}` },
    { title: 'PYTHON', cell: versionText },
    { title: 'USER', cell: ({ user }) => escapeUntrusted(user) },
    { title: 'CPU', align: 'right', cell: ({ cpuMs }) => cpuTime(cpuMs) },
    { title: 'RSS', align: 'right', cell: ({ residentBytes }) => bytes(residentBytes) },
    { title: 'THREADS', align: 'right', cell: ({ threads }) => count(threads) },
    {
      title: 'AGENT',
      cell: ({ agent }) => (agent === null ? '?' : agent ? 'yes' : 'no'),
      paint: (text, { agent }) => (agent === true ? style.good(text) : style.faint(text)),
    },
    { title: 'COMMAND', cell: commandText },
  ];
  return `${renderTable(processes, columns, options.width, 'cut', (text) => style.faint(text)).join('\n')}\n`;
}
