import type { SystemCall } from '../model/snapshot.js';
import type { Finding, WhyReport } from '../model/why.js';
import { polls, reads, writes } from './systemCallWaits.js';
import { listed } from './words.js';

/** A thread that waits, and who could let it go on. */
interface StuckThread {
  readonly tid: number;
  readonly call: SystemCall;
  readonly pids: readonly number[];
  readonly certain: boolean;
  /** It waits for another thread of its process. */
  readonly within: boolean;
}

/** A process all of whose threads wait for others of these processes, or for each other. */
export interface StuckProcess {
  readonly pid: number;
  readonly command: string;
  readonly threads: readonly StuckThread[];
}

/** Of so many processes, and threads of one process, it is told what they wait for. */
const mostTold = 4;

/** What a thread does of which nothing is known but its system call. */
function callText({ call: { name, fds, arguments: texts }, within }: StuckThread): string {
  const on = `fd ${listed(fds.map(String))}`;
  if (reads.test(name)) return `waits for data from ${on}`;
  if (writes.test(name)) return `waits for room to write to ${on}`;
  if (polls.test(name)) return `waits for something to happen on ${on}`;
  if (name.startsWith('wait'))
    return `waits for ${texts[0]?.replace('pid=', 'process ') ?? 'a child'} to end`;
  if (name === 'futex') return within ? 'waits for a lock' : 'waits for a lock between processes';
  return `waits for a lock on ${on}`;
}

function threadText(thread: StuckThread, own: number, report: WhyReport | undefined): string {
  const { tid, pids, within, call } = thread;
  const known = report?.threads.find((each) => each.tid === tid);
  const others = [...new Set(pids)].filter((pid) => pid !== own).slice(0, mostTold);
  const upTo = within || others.length === 0 ? '' : ` (up to process ${listed(others.map(String))})`;
  if (known === undefined) return `${callText(thread)}${upTo}`;
  const name = known.name === null ? tid : `"${known.name}" (${tid})`;
  // What an epoll waits for is not told; other calls name the descriptor and who has its other end.
  return `thread ${name} ${known.doing}${call.name.startsWith('epoll') ? upTo : ''}`;
}

function processText({ pid, command, threads }: StuckProcess, report: WhyReport | undefined): string {
  const outward = threads.filter(({ within }) => !within);
  const told = outward.length === 0 ? threads : outward;
  const texts = told.slice(0, mostTold).map((thread) => threadText(thread, pid, report));
  if (told.length > texts.length) texts.push(`${told.length - texts.length} threads more wait`);
  return `process ${pid} (${command}): ${listed(texts)}`;
}

/** A process that waits for a lock between processes which none of them holds, as they say. All that could are among these. */
function waiterForNobody(
  stuck: readonly StuckProcess[],
  reports: ReadonlyMap<number, WhyReport>,
): StuckProcess | null {
  if (!stuck.every(({ pid }) => reports.has(pid))) return null;
  const found = stuck.find(({ pid, threads }) =>
    threads.some(({ tid }) => {
      const waits = reports.get(pid)?.threads.find((thread) => thread.tid === tid)?.waits;
      return waits?.shared !== undefined && waits.heldBy === null;
    }),
  );
  return found ?? null;
}

/**
 * That processes wait for each other.
 * @param stuck the process that is spoken of comes first
 * @param reports what is known of these processes, by pid
 */
export function stuckTogetherFinding(
  stuck: readonly StuckProcess[],
  reports: ReadonlyMap<number, WhyReport>,
): Finding {
  const told = stuck.slice(0, mostTold).map((process) => processText(process, reports.get(process.pid)));
  if (stuck.length > told.length) told.push(`and ${stuck.length - told.length} processes more`);
  const [own] = stuck;
  const waiter = waiterForNobody(stuck, reports);
  const end =
    stuck.length === 1
      ? 'no other process could let it go on'
      : `no process but these ${stuck.length} could let one of them go on`;
  return {
    kind: waiter !== null ? 'lost owner' : 'deadlock',
    hung: true,
    inferred: stuck.some(({ threads }) => threads.some(({ certain }) => !certain)),
    tids: own?.threads.map(({ tid }) => tid) ?? [],
    text:
      waiter === null
        ? `deadlock between processes: ${told.join('; ')}; ${end}`
        : `lost lock between processes: ${told.join('; ')}; none of them holds the lock that process ${waiter.pid} waits for, ` +
          'and no other process has it: one that has ended seems to have left it locked',
  };
}
