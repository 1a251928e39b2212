import type { Frame } from '../model/agentReport.js';
import type { KernelFacts } from '../model/kernelFacts.js';
import type { Snapshot, Thread } from '../model/snapshot.js';
import type { Wait } from '../model/why.js';
import { functionOf } from './libraryWaits.js';
import { postgresWaitOf } from './postgres.js';
import { framesOf, readable, selfOf, variable } from './stack.js';
import { processText } from './systemCallWaits.js';
import { listed } from './words.js';

type KernelWait = Pick<Wait, 'for' | 'what' | 'timeout'>;

/** The text of a string, as its repr() has it. */
function stringOf(frame: Frame, name: string): string | null {
  return /^u?'(.*)'$/s.exec(variable(frame, name)?.repr ?? '')?.[1] ?? null;
}

/** An attribute of an object, by its text: `{'host': 'example.org', 'port': 80}`. */
function attribute(text: string, name: string): string | null {
  return new RegExp(`'${name}': u?'?([^',}]*)`).exec(text)?.[1] ?? null;
}

/** `127.0.0.1:8000`, of a connection or a pool of such. */
function hostOf(text: string): string {
  return `${attribute(text, 'host') ?? '?'}:${attribute(text, 'port') ?? '?'}`;
}

/** `GET http://127.0.0.1:8000/slow`, or what of it a thread that waits for the answer still knows. */
function requestOf(frames: readonly Frame[]): string | null {
  const at = frames.findIndex((frame) => /^(http\.client|httplib)\.getresponse$/.test(functionOf(frame)));
  const own = frames[at];
  if (own === undefined) return null;
  const connection = selfOf(own)?.repr ?? '';
  const method = attribute(connection, '_?method');
  for (const frame of frames.slice(at)) {
    const name = functionOf(frame);
    const url = /^(urllib\.request|urllib2)\.open$/.test(name) ? stringOf(frame, 'fullurl') : null;
    if (url !== null) return `${method ?? 'a request to'} ${url}`;
    const pool = name === 'urllib3.connectionpool.urlopen' ? selfOf(frame) : null;
    const path = stringOf(frame, 'url');
    if (pool !== null && path !== null) {
      const scheme = pool.type.startsWith('HTTPS') ? 'https' : 'http';
      return `${method ?? 'a request to'} ${scheme}://${hostOf(pool.repr)}${path}`;
    }
  }
  return `a request${method === null ? '' : ` (${method})`} to ${hostOf(connection)}`;
}

/** The name server that a thread waits for, and the name that it has asked for. */
function lookupOf(thread: Thread, { fds }: Snapshot): { server: string; host: string | null } | null {
  const waited = thread.kernel?.systemCall?.fds ?? [];
  const socket = fds?.find(({ fd }) => waited.length === 1 && fd === waited[0]);
  if (socket?.kind !== 'socket' || socket.type !== 'SOCK_DGRAM' || socket.remote?.endsWith(':53') !== true)
    return null;
  const asking = framesOf(thread).find((frame) =>
    /^socket\.(getaddrinfo|create_connection)$/.test(functionOf(frame)),
  );
  return { server: socket.remote, host: asking === undefined ? null : stringOf(asking, 'host') };
}

/**
 * What SQLite waits for while it sleeps between two attempts at a lock. time.sleep() sleeps until a point in time, or in
 * select(): never so. `sqlite3` must be somewhere in sight.
 */
function databaseOf(thread: Thread, { process }: Snapshot, { lockedDatabases }: KernelFacts): string | null {
  const call = thread.kernel?.systemCall ?? null;
  const sleeps =
    call?.name.endsWith('nanosleep') === true && call.arguments.some((each) => each.startsWith('duration='));
  const sees = framesOf(thread)
    .slice(0, 5)
    .flatMap(({ variables }) => readable(variables))
    .some(({ typeModule, repr }) => typeModule === 'sqlite3' || repr.includes('sqlite3.'));
  if (!sleeps || !sees || lockedDatabases.length === 0) return null;
  const databases = lockedDatabases.map(({ path, holders }) => {
    const who = holders.map((holder) =>
      holder.pid === process.pid ? 'another connection of this process' : processText(holder),
    );
    return `the SQLite database ${path}, which ${listed(who)} ${who.length === 1 ? 'has' : 'have'} locked`;
  });
  return databases.join(', or ');
}

/** A wait for the kernel, told as what the program wants of who is at the other end, where that can be seen. */
export function toldAsConversation(
  wait: KernelWait,
  thread: Thread,
  snapshot: Snapshot,
  facts: KernelFacts,
): KernelWait {
  const database = databaseOf(thread, snapshot, facts);
  if (database !== null) return { for: 'file lock', what: database, timeout: true };
  if (wait.for !== 'descriptor') return wait;
  if (postgresWaitOf(thread, facts) !== null)
    return { ...wait, what: `PostgreSQL, which waits for a lock itself: ${wait.what}` };
  const lookup = lookupOf(thread, snapshot);
  if (lookup !== null) {
    const { server, host } = lookup;
    const about = host === null ? '' : ` about host '${host}'`;
    return { ...wait, what: `an answer of the name server ${server}${about} (DNS)` };
  }
  const request = requestOf(framesOf(thread));
  return request === null ? wait : { ...wait, what: `the answer to ${request} over HTTP, ${wait.what}` };
}
