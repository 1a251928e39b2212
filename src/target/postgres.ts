import type { FileDescriptor } from '../model/fileDescriptor.js';
import type { OpenTransaction, PostgresWait } from '../model/kernelFacts.js';
import { titleOf } from './commandLine.js';
import { describeFds, readFdTable } from './fileDescriptors.js';
import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';

/** Of so many transactions it is looked for whose they are. */
const mostTransactions = 4;

/**
 * `postgres: shop orders 10.0.0.3(47110) UPDATE waiting`, or [local]: a user, a database, a client, and what is done for
 * it, which ends in "waiting" during a wait for a lock (ps_status.c, init_ps_display() and ProcSleep() of PostgreSQL).
 */
const titleForm = /^postgres: .* (?<database>\S+) (?:\[local\]|\S+\(\d+\)) (?<activity>.+)$/;

function parseTitle(title: string): { database: string; activity: string } | null {
  const { database, activity } = titleForm.exec(title)?.groups ?? {};
  return database === undefined || activity === undefined ? null : { database, activity };
}

function parentOf(pid: number): number | null {
  const line = tryReadProc(`${defaultProcRoot}/${pid}/stat`);
  return line === null ? null : parseStat(line).parentPid;
}

/** Who is connected to a server process, as far as this user may see. */
function clientsOf(pid: number): OpenTransaction['clients'] {
  try {
    const { fds } = describeFds(readFdTable(pid));
    return fds.flatMap((fd) =>
      fd.kind === 'socket'
        ? fd.others.flatMap(({ pid: client, command, peer }) =>
            peer === true ? [{ pid: client, command }] : [],
          )
        : [],
    );
  } catch {
    return [];
  }
}

/** The transactions of the same server and database whose clients leave them open and do nothing in them. */
function openTransactions(backend: number, wanted: string): OpenTransaction[] {
  const server = parentOf(backend);
  const processes = (tryListNumbers(defaultProcRoot) ?? []).flatMap((pid) => {
    const command = titleOf(`${defaultProcRoot}/${pid}`);
    const { database, activity } = parseTitle(command) ?? {};
    const isOpen = database === wanted && activity?.startsWith('idle in transaction') === true;
    return isOpen && parentOf(pid) === server ? [{ pid, command }] : [];
  });
  return processes
    .slice(0, mostTransactions)
    .map((process) => ({ ...process, clients: clientsOf(process.pid) }));
}

/**
 * The server processes of PostgreSQL that wait for a lock, of those at the other ends of what threads are blocked in.
 * Which transaction has the lock only the server knows.
 * @param fds those that a thread is blocked in, and in nothing else
 */
export function postgresWaits(fds: readonly FileDescriptor[]): PostgresWait[] {
  return fds.flatMap((fd) => {
    if (fd.kind !== 'socket') return [];
    return fd.others.flatMap(({ pid, command, peer }): PostgresWait[] => {
      const { database, activity } = parseTitle(command) ?? {};
      if (peer !== true || database === undefined || activity?.endsWith(' waiting') !== true) return [];
      return [{ fd: fd.fd, backend: { pid, command }, transactions: openTransactions(pid, database) }];
    });
  });
}
