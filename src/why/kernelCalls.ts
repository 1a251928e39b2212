import type { FileDescriptor } from '../model/fileDescriptor.js';
import type { KernelFacts, MessageQueue } from '../model/kernelFacts.js';
import type { Snapshot, SystemCall } from '../model/snapshot.js';
import type { Wait } from '../model/why.js';
import { describeFd } from '../render/fdDetail.js';
import { bytes, count, duration } from '../render/units.js';
import { descriptorText } from './descriptors.js';
import { listed } from './words.js';

type What = Pick<Wait, 'for' | 'what'>;

/** An argument of a call, as it was decoded: `5` of `set=5`. */
export function argument({ arguments: texts }: SystemCall, name: string): string | null {
  return texts.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

/** The message queue of System V that a call waits at. */
export function queueOf(call: SystemCall | null): number | null {
  const id = call !== null && /^msg(snd|rcv)$/.test(call.name) ? argument(call, 'queue') : null;
  return id === null ? null : Number(id);
}

function messageWait(call: SystemCall, { messageQueues }: KernelFacts): What {
  const id = queueOf(call);
  const queue: MessageQueue | undefined = messageQueues.find((each) => each.id === id);
  const name = `the System V message queue ${id ?? '?'}`;
  const last = (what: string, who: MessageQueue['sender']): string =>
    who === null ? '' : `, ${what} by process ${who.pid} (${who.command})`;
  if (call.name === 'msgsnd') {
    const filled =
      queue === undefined
        ? ''
        : `, in which ${count(queue.messages)} messages with ${bytes(queue.bytes)} lie${last('last received from', queue.receiver)}`;
    return { for: 'unknown', what: `room in ${name}${filled}` };
  }
  const type = argument(call, 'type');
  const which = type === null ? 'a message' : `a message of type ${type}`;
  return { for: 'queue', what: `${which} in ${name}${last('last sent to', queue?.sender ?? null)}` };
}

/** `semaphore 0 of the System V set 5 to be 1 at least` */
function semaphoreWait(call: SystemCall): What {
  const set = `the System V set ${argument(call, 'set') ?? '?'}`;
  const operations = [...(argument(call, 'operations') ?? '').matchAll(/(\d+):([+-]\d+)/g)];
  const wanted = operations.flatMap(([, number, change]) => {
    const least = -Number(change);
    return least < 0 ? [] : [`semaphore ${number ?? '?'} to be ${least === 0 ? '0' : `${least} at least`}`];
  });
  return {
    for: 'semaphore',
    what: wanted.length === 0 ? `a semaphore of ${set}` : `${listed(wanted)}, in ${set}`,
  };
}

/** What is waited for by who reads from what is neither a file nor a connection; null: it is one. */
export function readFrom(fd: FileDescriptor | undefined): What | null {
  switch (fd?.kind) {
    case 'timerfd':
      return fd.nextMs === null
        ? { for: 'descriptor', what: `a timer that is not set (fd ${fd.fd}, timerfd)` }
        : { for: 'time', what: `a timer to expire, in ${duration(fd.nextMs)} (fd ${fd.fd}, timerfd)` };
    case 'eventfd':
      return { for: 'descriptor', what: `somebody to write to the eventfd (fd ${fd.fd}), which is at 0` };
    case 'signalfd':
      return { for: 'signal', what: `one of the signals ${listed(fd.signals)} (fd ${fd.fd}, signalfd)` };
    case 'inotify':
      return {
        for: 'descriptor',
        what: `a change in files that it watches (fd ${fd.fd}: inotify, ${describeFd(fd)})`,
      };
    case 'pidfd':
      return {
        for: 'process',
        what: `${fd.pid === null ? 'a process' : `process ${fd.pid}`} to end (fd ${fd.fd}, pidfd)`,
      };
    default:
      return null;
  }
}

const passOn = /^(splice|tee|sendfile|copy_file_range)$/;

/** A call of which its name and descriptors do not say what for; null: there is nothing special about it. */
export function specialWait(
  call: SystemCall,
  { fds }: Pick<Snapshot, 'fds'>,
  facts: KernelFacts,
): What | null {
  const { name } = call;
  const [first = -1, second = -1] = call.fds;
  const descriptor = fds?.find(({ fd }) => fd === first);
  if (/^msg(snd|rcv)$/.test(name)) return messageWait(call, facts);
  if (/^sem(timed)?op$/.test(name)) return semaphoreWait(call);
  if (name === 'mq_timedreceive')
    return { for: 'queue', what: `a message in the POSIX message queue ${descriptorText(first, fds)}` };
  if (name === 'mq_timedsend')
    return { for: 'unknown', what: `room in the POSIX message queue ${descriptorText(first, fds)}` };
  if (/^io_p?getevents$/.test(name))
    return {
      for: 'descriptor',
      what: `${argument(call, 'least') ?? '?'} of its asynchronous reads and writes to be done (${name})`,
    };
  if (name === 'io_uring_enter')
    return {
      for: 'descriptor',
      what: `${argument(call, 'least') ?? '?'} of its operations to be done, by io_uring (fd ${first})`,
    };
  if (passOn.test(name))
    return {
      for: 'descriptor',
      what: `data to pass on by ${name}(), from ${descriptorText(first, fds)}, or room for it in ${descriptorText(second, fds)}`,
    };
  if (name === 'connect' && descriptor?.kind === 'socket' && descriptor.family === 'AF_UNIX')
    return {
      for: 'descriptor',
      what: `who listens at ${argument(call, 'address') ?? 'a UNIX socket'} to take a connection, as too many wait for that (fd ${first})`,
    };
  if (/^(readv?|p?poll|p?select6?)$/.test(name) && call.fds.length === 1) return readFrom(descriptor);
  if (name === 'write' && descriptor?.kind === 'eventfd')
    return { for: 'descriptor', what: `somebody to read from the eventfd (fd ${first}), which is full` };
  return null;
}
