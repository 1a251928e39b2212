import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';

/** The processes that a process has started, and those that they have, and so on; zombies are left out. Ascending. */
export function descendants(root: number, procRoot = defaultProcRoot): number[] {
  const children = new Map<number, number[]>();
  for (const pid of tryListNumbers(procRoot) ?? []) {
    const line = tryReadProc(`${procRoot}/${pid}/stat`);
    if (line === null) continue;
    const { parentPid, state } = parseStat(line);
    if (state === 'Z' || state === 'X') continue;
    children.set(parentPid, [...(children.get(parentPid) ?? []), pid]);
  }
  const found: number[] = [];
  for (let level = children.get(root) ?? []; level.length > 0;) {
    found.push(...level);
    level = level.flatMap((pid) => children.get(pid) ?? []);
  }
  return found.sort((a, b) => a - b);
}
