import { controllerGroups } from './controllerGroup.js';
import { tryReadProc } from './procFile.js';

/**
 * Is the process frozen by its control group (`docker pause`, systemd's freeze)? A frozen process can be stopped, but
 * what a debugger lets it do it does not. The kernel tells in cgroup.events (version 2) or freezer.state (version 1) of
 * its group (cgroups(7)); false where they cannot be read.
 */
export function isFrozen(pid: number, procRoot: string): boolean {
  return controllerGroups(pid, 'freezer', procRoot).some(({ version, directory }) =>
    version === 2
      ? /^frozen 1$/m.test(tryReadProc(`${directory}/cgroup.events`) ?? '')
      : /^(FROZEN|FREEZING)$/m.test(tryReadProc(`${directory}/freezer.state`) ?? ''),
  );
}
