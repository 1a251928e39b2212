import type { KindMembers } from './common.js';
import type { FdStat, OpenFd } from './openFd.js';

/** Major numbers of terminals (Documentation/admin-guide/devices.txt): tty, console and ptmx, serial lines, pts. */
const isTerminal = (major: number) =>
  major === 4 ||
  major === 5 ||
  (major >= 136 && major <= 143) ||
  major === 188 ||
  major === 204 ||
  major === 166;

/** A file of a file system: regular, directory, device, terminal; or a memfd, which is one of no visible file system. */
export function describeFile(entry: OpenFd, stat: FdStat): KindMembers<'file'> {
  const memfd = entry.target.startsWith('/memfd:');
  return {
    kind: memfd ? 'memfd' : kindOf(stat),
    path: stat.deleted ? entry.target.replace(/ \(deleted\)$/, '') : entry.target,
    // A memfd never has a name in a file system: the kernel calls it deleted from the start.
    deleted: stat.deleted && !memfd,
    offset: entry.offset,
    size: stat.type === 'file' ? stat.size : null,
    inode: stat.inode,
  };
}

function kindOf(stat: FdStat): 'file' | 'directory' | 'device' | 'tty' {
  if (stat.type === 'directory') return 'directory';
  if (stat.type === 'device') return isTerminal(stat.major) ? 'tty' : 'device';
  return 'file';
}
