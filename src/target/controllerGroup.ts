import { defaultProcRoot, tryReadProc } from './procFile.js';

/** The control group in which a controller of the kernel has a process. */
export interface ControllerGroup {
  /** Of the hierarchy (cgroups(7)). */
  readonly version: 1 | 2;
  /** Where it is mounted, and where the hierarchy is. */
  readonly directory: string;
  readonly mountPoint: string;
}

/** The groups of a process that may have a controller; those that are not mounted here are left out. */
export function controllerGroups(
  pid: number,
  controller: string,
  procRoot = defaultProcRoot,
): ControllerGroup[] {
  const groups = tryReadProc(`${procRoot}/${String(pid)}/cgroup`);
  const mounts = tryReadProc(`${procRoot}/self/mountinfo`);
  if (groups === null || mounts === null) return [];
  return groups.split('\n').flatMap((line) => {
    const [hierarchy, controllers, ...rest] = line.split(':');
    const version = hierarchy === '0' && controllers === '' ? 2 : 1;
    if (version === 1 && controllers?.split(',').includes(controller) !== true) return [];
    return mounted(mounts, version, controller, rest.join(':')) ?? [];
  });
}

/** Lines "36 35 98:0 /root /mountpoint options ... - cgroup2 source options". */
function mounted(mounts: string, version: 1 | 2, controller: string, group: string): ControllerGroup | null {
  for (const line of mounts.split('\n')) {
    const [front = '', back = ''] = line.split(' - ');
    const [type, , options = ''] = back.split(' ');
    if (version === 2 ? type !== 'cgroup2' : type !== 'cgroup' || !options.split(',').includes(controller))
      continue;
    const [, , , root = '/', mountPoint = ''] = front.split(' ');
    const below = root === '/' ? group : group.slice(root.length);
    if (root === '/' || group === root || group.startsWith(`${root}/`))
      return { version, directory: mountPoint + below, mountPoint };
  }
  return null;
}
