import { readProcessFact } from './childProcesses.js';
import type { MessageQueue } from '../model/kernelFacts.js';
import { sharesNamespace } from './namespaces.js';
import { defaultProcRoot, tryReadProc } from './procFile.js';

/** A line of /proc/sysvipc/msg: "key msqid perms cbytes qnum lspid lrpid ..." (proc_sysvipc(5)). */
export function parseMessageQueues(text: string): Map<number, readonly number[]> {
  const rows = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number));
  return new Map(rows.flatMap((row): [number, number[]][] => (row[1] === undefined ? [] : [[row[1], row]])));
}

/** The System V message queues with these ids that a process sees; none if it is in another IPC namespace than we are. */
export function messageQueues(
  pid: number,
  ids: readonly number[],
  procRoot = defaultProcRoot,
): MessageQueue[] {
  if (ids.length === 0 || !sharesNamespace(`${procRoot}/${pid}`, 'ipc')) return [];
  const rows = parseMessageQueues(tryReadProc(`${procRoot}/sysvipc/msg`) ?? '');
  return [...new Set(ids)].flatMap((id) => {
    const row = rows.get(id);
    if (row === undefined) return [];
    const [, , , bytes = 0, messages = 0, sender = 0, receiver = 0] = row;
    const processOf = (other: number) =>
      other > 0 && other !== pid ? readProcessFact(other, procRoot) : null;
    return [{ id, bytes, messages, sender: processOf(sender), receiver: processOf(receiver) }];
  });
}
