import type { FileDescriptor } from '../model/fileDescriptor.js';
import { findAllHolders } from './fds/holders.js';
import { defaultProcRoot } from './procFile.js';

/** For so long the other processes are looked through. */
const patienceMs = 1000;

/**
 * The pipes, of those that threads of a process are blocked in, that it has both ends of, and no other process any: from
 * outside nobody can help. As the links in /proc say: "pipe:[1234]". Processes that may not be looked at are others'
 * programs; a pipe gets into those only where somebody hands it on.
 */
export function ownPipes(pid: number, fds: readonly FileDescriptor[]): string[] {
  const blocking = fds.flatMap((fd) =>
    // A named one may be opened by anybody.
    fd.kind === 'pipe' && fd.path === null && fd.blockedThreads.length > 0 && isOwn(pid, fd.others)
      ? [fd.target]
      : [],
  );
  if (blocking.length === 0) return [];
  const table = { pid, procRoot: defaultProcRoot, directory: `${defaultProcRoot}/${pid}` };
  const holders = findAllHolders(table, new Set(blocking), patienceMs)?.holders;
  return blocking.filter((link) => isOwn(pid, holders?.get(link) ?? []));
}

function isOwn(pid: number, holders: readonly { readonly pid: number }[]): boolean {
  return holders.length > 0 && holders.every((holder) => holder.pid === pid);
}
