import type { FileDescriptor } from '../model/fileDescriptor.js';
import { fdTable } from './fdTable.js';
import { styleOf } from './style.js';
import { plural } from './units.js';

export interface FdsOptions {
  readonly colour: boolean;
  readonly width: number;
}

/** What `sleeper fds` prints. */
export function renderFds(pid: number, fds: readonly FileDescriptor[], options: FdsOptions): string {
  const style = styleOf(options.colour);
  const lines = [
    style.heading(`Process ${pid}: ${plural(fds.length, 'open file descriptor')}`),
    ...(fds.length === 0 ? [] : fdTable(fds, options.width, style, (tid) => `thread ${tid}`)),
  ];
  return `${lines.join('\n')}\n`;
}
