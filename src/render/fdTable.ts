import type { FileDescriptor } from '../model/fileDescriptor.js';
import { describeFd } from './fdDetail.js';
import type { Style } from './style.js';
import { renderTable, type Column } from './table.js';

/** How a descriptor was opened, as short as in `ls`: `rw`, `w,append,nonblock`. */
function mode(fd: FileDescriptor): string {
  if (fd.kind === 'unreadable') return '';
  const access = fd.flags.includes('O_RDWR') ? 'rw' : fd.flags.includes('O_WRONLY') ? 'w' : 'r';
  const named = [
    ['O_APPEND', 'append'],
    ['O_NONBLOCK', 'nonblock'],
    ['O_PATH', 'path'],
  ].flatMap(([flag, word]) =>
    flag !== undefined && word !== undefined && fd.flags.includes(flag) ? [word] : [],
  );
  return [access, ...named, ...(fd.closeOnExec ? ['cloexec'] : [])].join(',');
}

/** The file descriptors as a table; who is blocked on one is named by `labelOf`. */
export function fdTable(
  fds: readonly FileDescriptor[],
  width: number,
  style: Style,
  labelOf: (tid: number) => string,
): string[] {
  const blocked = (fd: FileDescriptor): string =>
    fd.kind === 'unreadable' ? '' : fd.blockedThreads.map(labelOf).join(', ');
  const columns: Column<FileDescriptor>[] = [
    { title: 'FD', align: 'right', cell: ({ fd }) => `${fd}` },
    { title: 'TYPE', cell: ({ kind }) => kind, paint: (text) => style.name(text) },
    { title: 'MODE', cell: mode, paint: (text) => style.faint(text) },
    {
      title: 'DETAILS',
      cell: (fd) => {
        const who = blocked(fd);
        return who === '' ? describeFd(fd) : `${describeFd(fd)}; blocked on it: ${who}`;
      },
      paint: (text, fd) =>
        fd.kind === 'unreadable' ? style.bad(text) : blocked(fd) === '' ? text : style.notice(text),
    },
  ];
  return renderTable(fds, columns, width, 'wrap', (text) => style.faint(text));
}
