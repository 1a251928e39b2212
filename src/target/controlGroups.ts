import { defaultProcRoot, tryReadProc } from './procFile.js';

/** Suffixes of the units that processes can be in (systemd.unit(5)). */
const unitSuffix = /\.(service|scope|slice|socket|mount|swap)$/;

/** The full name of a unit: systemctl(1) takes one without a suffix for a service, too. */
export function unitName(name: string): string {
  return unitSuffix.test(name) ? name : `${name}.service`;
}

/** The id in what runtimes and Kubernetes print: "docker://4f2a...", "containerd://4f2a...". */
export function containerId(text: string): string {
  return text.replace(/^[a-z-]+:\/\//, '').toLowerCase();
}

/**
 * The names of the control groups that a process is in, from /proc/PID/cgroup (cgroups(7)): a line
 * "ID:CONTROLLERS:PATH" for each hierarchy; of version 2 there is one, with the ID 0 and no controllers.
 */
function groupNames(text: string): Set<string> {
  const paths = [...text.matchAll(/^\d+:[^:]*:(.*)$/gm)].map(([, path = '']) => path);
  return new Set(paths.flatMap((path) => path.split('/')).filter((name) => name !== ''));
}

/** `app\x2dmail.service` is that of app-mail (systemd-escape(1)). */
function unescaped(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * The units in which a process is, if those are they: systemd names a group as the unit, with "_" in front of a name
 * that would be taken for a file of the kernel's ("_cpu.service").
 */
function isUnit(group: string, name: string): boolean {
  const unit = group.replace(/^_/, '');
  return unit === name || unescaped(unit) === name;
}

/**
 * The id of the container that a group is made for: "docker-ID.scope", "cri-containerd-ID.scope", "crio-ID.scope",
 * "libpod-ID.scope" with systemd, else "ID" in "docker" or in "kubepods/.../podUID", "libpod-ID", or "...:ID". Not that
 * of the monitor beside it ("libpod-conmon-ID.scope").
 */
function containerOf(group: string): string | null {
  if (group.includes('conmon')) return null;
  return /(?:^|[-:])([0-9a-f]{64})(?:\.scope)?$/.exec(group)?.[1] ?? null;
}

function groupsOf(pid: number, procRoot: string): string[] {
  return [...groupNames(tryReadProc(`${procRoot}/${pid}/cgroup`) ?? '')];
}

/** Is a process in a unit of systemd, or in one within it? */
export function isInUnit(pid: number, unit: string, procRoot = defaultProcRoot): boolean {
  return groupsOf(pid, procRoot).some((group) => isUnit(group, unit));
}

/** The containers that a process is in; a container may be within another one. */
export function containersOf(pid: number, procRoot = defaultProcRoot): string[] {
  return groupsOf(pid, procRoot).flatMap((group) => containerOf(group) ?? []);
}
