import type { TreeProcess } from '../model/processTree.js';
import { parseCommandLine } from './commandLine.js';
import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { parseStat, type Stat } from './stat.js';

/** Every process of this pid namespace, at one look at /proc. */
export class ProcessTable {
  private readonly stats = new Map<number, Stat>();
  private readonly children = new Map<number, number[]>();

  constructor(private readonly procRoot = defaultProcRoot) {
    for (const pid of tryListNumbers(procRoot) ?? []) {
      const line = tryReadProc(`${procRoot}/${pid}/stat`);
      if (line === null) continue;
      const stat = parseStat(line);
      this.stats.set(pid, stat);
      const siblings = this.children.get(stat.parentPid);
      if (siblings === undefined) this.children.set(stat.parentPid, [pid]);
      else siblings.push(pid);
    }
  }

  /** The processes that these have started, and those that they have, and so on; zombies too. Ascending. */
  below(roots: readonly number[]): number[] {
    const found = new Set<number>();
    for (let level = roots; level.length > 0;) {
      // The table was not made in one instant: a pid that was given anew could lead in a circle.
      level = level.flatMap((pid) => this.children.get(pid) ?? []).filter((pid) => !found.has(pid));
      for (const pid of level) found.add(pid);
    }
    return [...found].sort((a, b) => a - b);
  }

  hasEnded(pid: number): boolean {
    return 'ZX'.includes(this.stats.get(pid)?.state ?? 'X');
  }

  /** The processes as a tree: each in front of those of them below it, else ascending. */
  arranged(pids: readonly number[]): TreeProcess[] {
    const chosen = new Set(pids);
    const belowOf = new Map<number | null, number[]>();
    for (const pid of [...chosen].sort((a, b) => a - b)) {
      const above = this.nearestAbove(pid, chosen);
      belowOf.set(above, [...(belowOf.get(above) ?? []), pid]);
    }
    const branch = (above: number | null, depth: number): TreeProcess[] =>
      (belowOf.get(above) ?? []).flatMap((pid) => [this.describe(pid, depth), ...branch(pid, depth + 1)]);
    return branch(null, 0);
  }

  private nearestAbove(pid: number, chosen: ReadonlySet<number>): number | null {
    const seen = new Set([pid]);
    for (
      let above = this.stats.get(pid)?.parentPid;
      above !== undefined;
      above = this.stats.get(above)?.parentPid
    ) {
      if (seen.has(above)) return null;
      if (chosen.has(above)) return above;
      seen.add(above);
    }
    return null;
  }

  private describe(pid: number, depth: number): TreeProcess {
    const stat = this.stats.get(pid);
    return {
      ...{ pid, depth, parentPid: stat?.parentPid ?? null, command: stat?.name ?? '' },
      argv: parseCommandLine(tryReadProc(`${this.procRoot}/${pid}/cmdline`) ?? ''),
    };
  }
}

/** The processes that a process has started, and those that they have, and so on; zombies are left out. Ascending. */
export function descendants(root: number, procRoot = defaultProcRoot): number[] {
  const table = new ProcessTable(procRoot);
  return table.below([root]).filter((pid) => pid !== root && !table.hasEnded(pid));
}
