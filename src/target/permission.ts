import { closeSync, openSync, statSync } from 'node:fs';
import { errors, type SleeperError } from '../errors.js';
import { errorCode, tryReadLink, tryReadProc } from './procFile.js';
import { parseStatus, type Status } from './status.js';
import { userName } from './passwd.js';

/** What decides whether this process may ptrace that one (ptrace(2), "Ptrace access mode checking"). */
export interface PermissionFacts {
  pid: number;
  self: Status;
  target: Status;
  /** Yama's /proc/sys/kernel/yama/ptrace_scope; null: this kernel has no Yama. */
  ptraceScope: number | null;
  /** The target runs in the user namespace of this process; null: not told. */
  sameUserNamespace: boolean | null;
  /** This process runs in another user namespace than the first one, where its capabilities hold for less. */
  nested: boolean;
  /** The target runs in the pid namespace of this process; null: not told. */
  samePidNamespace: boolean | null;
  /** prctl(2), PR_GET_DUMPABLE, is 1; null: not told. */
  dumpable: boolean | null;
  /** By which label a security module confines this process; null: by none. */
  confinement: string | null;
}

const CAP_SYS_PTRACE = 19n;

export function hasPtraceCapability(mask: bigint): boolean {
  return ((mask >> CAP_SYS_PTRACE) & 1n) === 1n;
}

/**
 * Asks the kernel: opening /proc/PID/mem needs what attaching a debugger needs, Yama included.
 * @throws the error of open(2) when it may not, or when the process is gone
 */
export function probeMemory(pid: number, procRoot: string): void {
  closeSync(openSync(`${procRoot}/${String(pid)}/mem`, 'r+'));
}

/** Null when this process may trace that one; else the most likely reason why not. */
export function permissionError(pid: number, procRoot: string, probe = probeMemory): SleeperError | null {
  try {
    probe(pid, procRoot);
    return null;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH') return errors.noSuchProcess(pid);
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
  }
  const facts = readPermissionFacts(pid, procRoot);
  return facts === null ? errors.noSuchProcess(pid) : explainDenied(facts);
}

/**
 * Why the kernel does not let this process read what belongs to that one, such as its open files. That takes what
 * tracing takes (ptrace(2), PTRACE_MODE_READ), except that Yama has no say.
 */
export function readingError(pid: number, procRoot: string): SleeperError {
  const facts = readPermissionFacts(pid, procRoot);
  return facts === null ? errors.noSuchProcess(pid) : explainDenied({ ...facts, ptraceScope: null });
}

function readPermissionFacts(pid: number, procRoot: string): PermissionFacts | null {
  const self = tryReadProc(`${procRoot}/self/status`);
  const target = tryReadProc(`${procRoot}/${String(pid)}/status`);
  if (self === null || target === null) return null;
  const status = parseStatus(target);
  return {
    pid,
    self: parseStatus(self),
    target: status,
    ptraceScope: readPtraceScope(procRoot),
    sameUserNamespace: sameNamespace(pid, procRoot, 'user'),
    nested: isNested('user', procRoot),
    samePidNamespace: status.namespacePids.length <= parseStatus(self).namespacePids.length,
    dumpable: isDumpable(`${procRoot}/${String(pid)}/stat`, status),
    confinement: readConfinement(procRoot),
  };
}

/** Yama's setting (Documentation/admin-guide/LSM/Yama.rst of the kernel); null: there is no Yama. */
export function readPtraceScope(procRoot: string): number | null {
  const scope = tryReadProc(`${procRoot}/sys/kernel/yama/ptrace_scope`);
  return scope === null ? null : Number(scope);
}

/** What AppArmor or SELinux calls what it allows this process: "docker-default (enforce)"; null: nothing confines it. */
export function readConfinement(procRoot: string): string | null {
  const label = (tryReadProc(`${procRoot}/self/attr/current`) ?? '').replace(/\0/g, '').trim();
  return label === '' || label.startsWith('unconfined') ? null : label;
}

/** The files of a process that is not dumpable belong to root (proc_pid(5)), which tells nothing of one of root's. */
function isDumpable(file: string, { uids }: Status): boolean | null {
  const user = uids[1] ?? 0;
  try {
    const owner = statSync(file).uid;
    return user === 0 ? null : owner === 0 ? false : owner === user ? true : null;
  } catch {
    return null;
  }
}

/** The inodes of the namespaces that the kernel starts with (include/linux/proc_ns.h). */
const firstNamespaces = { user: 'user:[4026531837]', pid: 'pid:[4026531836]' } as const;

/** Does this process run in another namespace than the first one, as in a container? False where that is not told. */
export function isNested(kind: keyof typeof firstNamespaces, procRoot: string): boolean {
  const own = tryReadLink(`${procRoot}/self/ns/${kind}`);
  return own !== null && own !== firstNamespaces[kind];
}

/** The links of another process's namespaces need the very permission that is missing; null then. */
function sameNamespace(pid: number, procRoot: string, kind: string): boolean | null {
  const own = tryReadLink(`${procRoot}/self/ns/${kind}`);
  const other = tryReadLink(`${procRoot}/${String(pid)}/ns/${kind}`);
  return own === null || other === null ? null : own === other;
}

/** Why the kernel refused, in the order in which it checks: user, dumpable, capabilities, Yama. Pure. */
export function explainDenied(facts: PermissionFacts): SleeperError {
  const { pid, self, target, ptraceScope } = facts;
  const capable = hasPtraceCapability(self.effective);
  const [uid = -1] = self.uids;
  const otherUser = target.uids.slice(0, 3).find((id) => id !== (self.uids[3] ?? uid));
  const otherGroup = target.gids.slice(0, 3).find((id) => id !== (self.gids[3] ?? self.gids[0]));
  const inContainer = facts.samePidNamespace === false || facts.sameUserNamespace === false;

  if (ptraceScope === 3) return errors.ptraceForbidden(pid);
  if (!capable) {
    if (otherUser !== undefined && uid !== 0) {
      return errors.otherUser(pid, userName(otherUser), userName(uid));
    }
    if (uid === 0 && !hasPtraceCapability(self.bounding)) return errors.ptraceCapabilityDropped(pid);
    if (otherUser !== undefined) return errors.otherUser(pid, userName(otherUser), userName(uid));
    if (otherGroup !== undefined || facts.dumpable === false) return errors.notDumpable(pid);
    if (ptraceScope === 2) return errors.ptraceScopeAdmin(pid);
    if ((target.permitted & ~self.permitted) !== 0n) return errors.moreCapabilities(pid);
    if (ptraceScope === 1) return errors.ptraceScopeChildren(pid);
    if (inContainer) return errors.otherNamespace(pid);
    if (facts.dumpable === null) return errors.notDumpable(pid);
  } else if (facts.sameUserNamespace === false || (facts.sameUserNamespace === null && facts.nested)) {
    // With the capability the link can be read of every process that it holds for.
    return errors.otherNamespace(pid);
  }
  return errors.securityModule(pid, facts.confinement);
}
