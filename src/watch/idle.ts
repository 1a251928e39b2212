import type { FileDescriptor } from '../model/fileDescriptor.js';
import type { Snapshot, SystemCall, Thread } from '../model/snapshot.js';
import type { Wait } from '../model/why.js';
import { functionOf } from '../why/libraryWaits.js';
import { framesOf } from '../why/stack.js';

/** Waits for something that may never come while all is well; or for others, who are to be watched themselves. */
const patient = new Set<Wait['for']>([
  ...(['work', 'condition', 'event', 'signal', 'time'] as const),
  ...(['thread', 'future', 'process'] as const),
]);

/** What somebody may write into at any time, or never. */
const inputs = new Set(['tty', 'pipe', 'eventfd', 'timerfd', 'signalfd', 'inotify', 'pidfd']);

const standardInput = 0;
const reads = /^(read|readv|recvfrom|recvmsg|recvmmsg|p?poll|p?select|pselect6)$/;
const polls = /^(p?poll|p?select|pselect6)$/;

/** Not a connection, at whose other end somebody is to answer. */
function isInput(fd: FileDescriptor | undefined): boolean {
  if (fd === undefined) return false;
  return fd.kind === 'socket' ? /^(LISTEN|UNCONNECTED)$/.test(fd.state ?? '') : inputs.has(fd.kind);
}

function readsInput(call: SystemCall, fds: NonNullable<Snapshot['fds']>): boolean {
  if (/^(accept4?|epoll_p?wait2?)$/.test(call.name)) return true;
  if (polls.test(call.name) && call.fds.length > 1) return true;
  const [first] = call.fds;
  return reads.test(call.name) && (first === standardInput || isInput(fds.find(({ fd }) => fd === first)));
}

/** Does a thread wait for work, which may be long in coming while all is well? */
export function waitsForWork(thread: Thread, wait: Wait, fds: NonNullable<Snapshot['fds']>): boolean {
  if (patient.has(wait.for)) return true;
  if (wait.for === 'queue')
    return !framesOf(thread).some((frame) =>
      /^(multiprocessing\.queues|queue)\.(put|join)$/.test(functionOf(frame)),
    );
  const call = thread.kernel?.systemCall ?? null;
  return wait.for === 'descriptor' && call !== null && readsInput(call, fds);
}
