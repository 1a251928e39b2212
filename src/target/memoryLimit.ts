import { dirname } from 'node:path';
import { controllerGroups } from './controllerGroup.js';
import { defaultProcRoot, tryReadProc } from './procFile.js';

/** The limit of memory that a process is nearest to, of those of its control group and of the groups around that. Bytes. */
export interface MemoryLimit {
  readonly limit: number;
  /** What may still be taken before the kernel ends a process of the group. */
  readonly left: number;
}

/** The kernel's files (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst). */
const files = {
  1: { limit: 'memory.limit_in_bytes', usage: 'memory.usage_in_bytes', prefix: 'total_' },
  2: { limit: 'memory.max', usage: 'memory.current', prefix: '' },
} as const;

/** Of version 1, which has no word for it: above what any machine has. */
const unlimited = 2 ** 60;

/** Null: there is none, or none that can be read. */
export function readMemoryLimit(pid: number, procRoot = defaultProcRoot): MemoryLimit | null {
  const limits = controllerGroups(pid, 'memory', procRoot).flatMap((group) =>
    upwards(group.directory, group.mountPoint).flatMap(
      (directory) => limitOf(directory, group.version) ?? [],
    ),
  );
  return limits.toSorted((a, b) => a.left - b.left)[0] ?? null;
}

function upwards(directory: string, mountPoint: string): string[] {
  if (!directory.startsWith(`${mountPoint}/`)) return [];
  return [directory, ...upwards(dirname(directory), mountPoint)];
}

function limitOf(directory: string, version: 1 | 2): MemoryLimit | null {
  const names = files[version];
  const limit = Number.parseInt(tryReadProc(`${directory}/${names.limit}`) ?? '', 10);
  const usage = Number.parseInt(tryReadProc(`${directory}/${names.usage}`) ?? '', 10);
  if (Number.isNaN(limit) || Number.isNaN(usage) || limit >= unlimited) return null;
  // What is cached of files is given up first.
  const statistics = tryReadProc(`${directory}/memory.stat`) ?? '';
  const cached = [...statistics.matchAll(/^(\w+) (\d+)$/gm)]
    .filter(([, name = '']) => cachedKinds.some((kind) => name === names.prefix + kind))
    .reduce((sum, [, , bytes]) => sum + Number(bytes), 0);
  return { limit, left: Math.max(0, limit - usage + cached) };
}

const cachedKinds = ['inactive_file', 'active_file'];
