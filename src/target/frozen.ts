import { tryReadProc } from './procFile.js';

/**
 * Is the process frozen by its control group (`docker pause`, systemd's freeze)? A frozen process can be stopped, but
 * what a debugger lets it do it does not. The kernel tells in cgroup.events (version 2) or freezer.state (version 1) of
 * its group (cgroups(7)); false where they cannot be read.
 */
export function isFrozen(pid: number, procRoot: string): boolean {
  const groups = tryReadProc(`${procRoot}/${String(pid)}/cgroup`);
  const mounts = tryReadProc(`${procRoot}/self/mountinfo`);
  if (groups === null || mounts === null) return false;
  return groups.split('\n').some((line) => {
    const [hierarchy, controllers, ...rest] = line.split(':');
    const unified = hierarchy === '0' && controllers === '';
    if (!unified && controllers?.split(',').includes('freezer') !== true) return false;
    const directory = groupDirectory(mounts, unified, rest.join(':'));
    if (directory === null) return false;
    return unified
      ? /^frozen 1$/m.test(tryReadProc(`${directory}/cgroup.events`) ?? '')
      : /^(FROZEN|FREEZING)$/m.test(tryReadProc(`${directory}/freezer.state`) ?? '');
  });
}

/** Where a group is mounted: lines "36 35 98:0 /root /mountpoint options ... - cgroup2 source options". */
function groupDirectory(mounts: string, unified: boolean, group: string): string | null {
  for (const line of mounts.split('\n')) {
    const [front = '', back = ''] = line.split(' - ');
    const [type, , options = ''] = back.split(' ');
    if (unified ? type !== 'cgroup2' : type !== 'cgroup' || !options.split(',').includes('freezer')) continue;
    const [, , , root = '/', point = ''] = front.split(' ');
    if (root === '/') return point + group;
    if (group === root || group.startsWith(`${root}/`)) return point + group.slice(root.length);
  }
  return null;
}
