import type { OpenFds } from '../model/openFds.js';
import { escapeUntrusted } from './escape.js';
import { fdTable } from './fdTable.js';
import { styleOf } from './style.js';
import { plural } from './units.js';

export interface FdsOptions {
  readonly colour: boolean;
  readonly width: number;
}

/** What `sleeper fds` prints. */
export function renderFds({ pid, command, fds, warnings }: OpenFds, options: FdsOptions): string {
  const style = styleOf(options.colour);
  const lines = [
    style.heading(
      `Process ${pid} (${escapeUntrusted(command)}): ${plural(fds.length, 'open file descriptor')}`,
    ),
    ...(fds.length === 0 ? [] : fdTable(fds, options.width, style, (tid) => `thread ${tid}`)),
    ...warnings.map(({ message }) => style.notice(escapeUntrusted(`Warning: ${message}`))),
  ];
  return `${lines.join('\n')}\n`;
}
