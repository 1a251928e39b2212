import type { KernelFacts, OpenTransaction, PostgresWait } from '../model/kernelFacts.js';
import type { Thread } from '../model/snapshot.js';
import type { Finding } from '../model/why.js';
import type { ThreadWait } from './waits.js';
import { inPlace, listed, nameOf } from './words.js';

/** The wait for a lock of the PostgreSQL that a thread waits for, if it waits for nothing else. */
export function postgresWaitOf({ kernel }: Thread, { postgresWaits }: KernelFacts): PostgresWait | null {
  const [fd, ...more] = kernel?.systemCall?.fds ?? [];
  return more.length > 0 ? null : (postgresWaits.find((each) => each.fd === fd) ?? null);
}

function transactionText({ pid, command, clients }: OpenTransaction): string {
  const whose = clients.map((client) => `process ${client.pid} (${client.command})`);
  return `process ${pid} (${command})${whose.length === 0 ? '' : `, for ${listed(whose)}`}`;
}

/** Threads that wait for a PostgreSQL which waits for a lock, and the transactions that may have it. */
export function queuedInPostgres(waits: readonly ThreadWait[], facts: KernelFacts): Finding[] {
  return waits.flatMap(({ thread, wait }): Finding[] => {
    const found = wait === null ? null : postgresWaitOf(thread, facts);
    if (found === null) return [];
    const { backend, transactions } = found;
    const open = transactions.map(transactionText);
    const whose =
      open.length === 0
        ? 'only the server knows who has it'
        : `only the server knows who has it; of the same database, a transaction is open and idle in ${open.join('; in ')}`;
    return [
      {
        kind: 'queued',
        hung: false,
        inferred: true,
        tids: thread.tid === null ? [] : [thread.tid],
        text: `thread ${nameOf(thread)} waits${inPlace(thread)} for a lock of PostgreSQL, as its process ${backend.pid} (${backend.command}) says; ${whose}`,
      },
    ];
  });
}
