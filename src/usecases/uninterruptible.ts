import type { KernelThread } from '../model/snapshot.js';
import { readChildren } from '../target/childProcesses.js';
import { fuseWaitChannel, isUninterruptible } from '../target/diagnosis.js';
import { forkedFrom } from '../target/forkedFrom.js';
import { readKernelThreads } from '../target/kernelThreads.js';
import { openProcessMemory, type ProcessMemory } from '../target/processMemory.js';
import { duration } from '../render/units.js';

/** With what the arguments of system calls point to, as far as this user may read that. */
function kernelThreadsOf(pid: number): KernelThread[] {
  let memory: ProcessMemory | null = null;
  try {
    memory = openProcessMemory(pid, { readOnly: true });
    return readKernelThreads(pid, { memory });
  } catch {
    return readKernelThreads(pid);
  } finally {
    memory?.close();
  }
}

/** `stat(path="/mnt/x")`, without what the kernel does not tell. */
function callText({ systemCall }: KernelThread): string {
  return systemCall === null ? 'the kernel' : `${systemCall.name}(${systemCall.arguments.join(', ')})`;
}

/** The child of vfork(): until it executes a program or ends, it uses the memory of its parent, which waits for that. */
function vforkText(pid: number): string {
  const copies = readChildren(pid).filter((child) => forkedFrom(child.pid) === pid);
  const [child] = copies;
  const what = 'to execute a program or to end, after vfork()';
  if (child === undefined || copies.length > 1) return `a child ${what}`;
  const main = kernelThreadsOf(child.pid).find(({ tid }) => tid === child.pid);
  const its = main === undefined || main.state === 'R' ? 'runs' : `waits in ${callText(main)}`;
  return `process ${child.pid} (${child.command}) ${what}; that one ${its}`;
}

function waitsFor(pid: number, { systemCall, waitChannel }: KernelThread): string {
  if (/^(vfork|clone3?)$/.test(systemCall?.name ?? '')) return vforkText(pid);
  if (waitChannel === fuseWaitChannel) return 'the server of a FUSE file system';
  if (/^(nfs|rpc|__rpc)/.test(waitChannel ?? '')) return 'an NFS server';
  return waitChannel === null ? 'something in the kernel' : `something in ${waitChannel} of the kernel`;
}

/**
 * What the threads of a process wait for that nothing can interrupt, by /proc alone: such a process must not be stopped.
 * In words; null: there is none any more.
 */
export function describeUninterruptible(pid: number): string | null {
  const stuck = kernelThreadsOf(pid).filter(({ state, waitChannel }) =>
    isUninterruptible(state, waitChannel),
  );
  if (stuck.length === 0) return null;
  const told = stuck.slice(0, 3).map((thread) => {
    const { tid, name, lastRanMsAgo } = thread;
    const since = lastRanMsAgo === null ? '' : `, for ${duration(lastRanMsAgo)} now`;
    return `thread ${tid} (${name}) is in ${callText(thread)}${since}, and waits for ${waitsFor(pid, thread)}`;
  });
  const more = stuck.length > told.length ? [`${stuck.length - told.length} threads more do so`] : [];
  return `uninterruptible sleep, which no signal ends but one that kills: ${[...told, ...more].join('; ')}. So the process was not looked into.`;
}
