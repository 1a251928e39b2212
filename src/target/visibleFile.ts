import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { defaultProcRoot, tryReadProc } from './procFile.js';
import { parseStatus } from './status.js';

const readable = 0o4;
const searchable = 0o1;

/**
 * Whether a process sees the same file under this path as we do (it may have another root directory, or another mount
 * namespace) and may open it. Capabilities and access lists are not looked at: false may be wrong, true hardly.
 */
export function visibleToProcess(pid: number, path: string, procRoot = defaultProcRoot): boolean {
  const root = `${procRoot}/${String(pid)}/root`;
  const { uids, gids } = parseStatus(tryReadProc(`${procRoot}/${String(pid)}/status`) ?? '');
  const user = uids[3] ?? -1;
  const allows = (stat: { mode: number; uid: number; gid: number }, right: number): boolean => {
    if (user === 0) return true;
    const shift = stat.uid === user ? 6 : stat.gid === gids[3] ? 3 : 0;
    return (stat.mode & (right << shift)) !== 0;
  };
  try {
    const ours = statSync(path);
    const theirs = statSync(root + path);
    if (ours.dev !== theirs.dev || ours.ino !== theirs.ino || !allows(theirs, readable)) return false;
    for (let directory = dirname(path); ; directory = dirname(directory)) {
      if (!allows(statSync(root + directory), searchable)) return false;
      if (directory === '/') return true;
    }
  } catch {
    return false;
  }
}
