import { errors } from '../errors.js';
import type { Snapshot, Thread } from '../model/snapshot.js';

function namesOf({ tid, python, kernel }: Thread): (string | null)[] {
  return [tid === null ? null : String(tid), python?.name ?? null, kernel?.name ?? null];
}

/**
 * The snapshot with only the threads of that id or name (Python's or the kernel's), and the greenlets and tasks of these.
 * @throws SleeperError when there is none
 */
export function selectThreads(snapshot: Snapshot, wanted: string): Snapshot {
  const threads = snapshot.threads.filter((thread) => namesOf(thread).includes(wanted));
  if (threads.length === 0) {
    const there = snapshot.threads.map(({ tid, python, kernel }) => {
      const name = python?.name ?? kernel?.name;
      return `${tid ?? '?'}${name === undefined ? '' : ` "${name}"`}`;
    });
    throw errors.noSuchThread(snapshot.process.pid, wanted, there);
  }
  const idents = new Set(threads.map(({ python }) => python?.ident));
  const tasks = snapshot.tasks.filter((task) => 'ident' in task && idents.has(task.ident ?? undefined));
  if (snapshot.greenlets === undefined) return { ...snapshot, threads, tasks };
  const greenlets = snapshot.greenlets.filter(({ tid }) => threads.some((thread) => thread.tid === tid));
  return { ...snapshot, threads, greenlets, tasks };
}
