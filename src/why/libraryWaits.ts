import type { Frame } from '../model/agentReport.js';
import type { Wait } from '../model/why.js';
import { isLibrary, selfOf } from './stack.js';
import { objectText } from './words.js';

/** A function of the standard library that waits. */
interface Rule {
  readonly for: Wait['for'];
  /** `{self}` stands for the object that it works on, `{futures}` for those that wait() waits for. */
  readonly what: string;
  /** The class of that object, where functions of several have this name. */
  readonly self?: RegExp;
}

const waitsOfMultiprocessing: readonly Rule[] = [
  { for: 'condition', what: '{self} to be notified', self: /^Condition$/ },
  { for: 'event', what: '{self} to be set', self: /^Event$/ },
];

/** By module and function. Names are those of all versions: 2.7 has Queue for queue, and _Event for Event. */
const rules: Readonly<Record<string, readonly Rule[]>> = {
  'threading.wait': [
    { for: 'condition', what: '{self} to be notified', self: /^_?Condition$/ },
    { for: 'event', what: '{self} to be set', self: /^_?Event$/ },
    { for: 'barrier', what: 'the others to come to {self}', self: /^Barrier$/ },
  ],
  'threading.acquire': [{ for: 'semaphore', what: '{self} to be released', self: /^_?(Bounded)?Semaphore$/ }],
  'threading.join': [{ for: 'thread', what: 'a thread to end' }],
  'threading.start': [{ for: 'thread', what: 'a thread to begin' }],
  'threading._shutdown': [{ for: 'thread', what: 'the other threads to end, at the end of the program' }],
  'threading._exitfunc': [{ for: 'thread', what: 'the other threads to end, at the end of the program' }],
  'queue.get': [{ for: 'queue', what: 'an item in {self}' }],
  'queue.put': [{ for: 'queue', what: 'room in {self}, which is full' }],
  'queue.join': [{ for: 'queue', what: 'task_done() for all items of {self}' }],
  'concurrent.futures._base.result': [{ for: 'future', what: '{self} to be done' }],
  'concurrent.futures._base.exception': [{ for: 'future', what: '{self} to be done' }],
  'concurrent.futures._base.wait': [{ for: 'future', what: '{futures} to be done' }],
  'concurrent.futures._base.as_completed': [{ for: 'future', what: '{futures} to be done' }],
  'concurrent.futures._base.result_iterator': [{ for: 'future', what: 'the results of map()' }],
  'concurrent.futures.thread._worker': [{ for: 'work', what: 'work, as a worker of a thread pool' }],
  'concurrent.futures.thread.shutdown': [{ for: 'thread', what: 'the workers of a thread pool to end' }],
  'concurrent.futures.thread._python_exit': [
    { for: 'thread', what: 'the workers of a thread pool to end, at the end of the program' },
  ],
  'concurrent.futures.process._process_worker': [
    { for: 'work', what: 'work, as a worker of a process pool' },
  ],
  'concurrent.futures.process.wait_result_broken_or_wakeup': [
    { for: 'work', what: 'results, as the manager of a process pool' },
  ],
  'concurrent.futures.process._queue_management_worker': [
    { for: 'work', what: 'results, as the manager of a process pool' },
  ],
  'multiprocessing.pool.worker': [{ for: 'work', what: 'work, as a worker of a process pool' }],
  'multiprocessing.pool._handle_tasks': [{ for: 'work', what: 'tasks, in the engine of a process pool' }],
  'multiprocessing.pool._handle_results': [{ for: 'work', what: 'results, in the engine of a process pool' }],
  'multiprocessing.pool._handle_workers': [
    { for: 'work', what: 'workers that end, in the engine of a process pool' },
  ],
  'multiprocessing.pool.get': [{ for: 'future', what: 'the result {self} of a pool' }],
  'multiprocessing.pool.wait': [{ for: 'future', what: 'the result {self} of a pool' }],
  'multiprocessing.queues.get': [{ for: 'queue', what: 'an item in {self} of multiprocessing' }],
  'multiprocessing.queues.put': [{ for: 'queue', what: 'room in {self} of multiprocessing, which is full' }],
  'multiprocessing.queues.join': [
    { for: 'queue', what: 'task_done() for all items of {self} of multiprocessing' },
  ],
  'multiprocessing.queues._feed': [{ for: 'work', what: 'items to send, as the feeder of a Queue' }],
  'multiprocessing.synchronize.wait': waitsOfMultiprocessing,
  'importlib._bootstrap.acquire': [
    { for: 'import', what: 'a module that another thread imports', self: /^_ModuleLock$/ },
  ],
  'celery.result.get': [{ for: 'future', what: 'the result {self} of a task of Celery' }],
  'billiard.pool.receive': [{ for: 'work', what: 'work, as a worker of Celery' }],
  'kombu.asynchronous.hub.create_loop': [
    { for: 'work', what: 'something to happen, in the event loop of Celery' },
  ],
  'asyncio.base_events._run_once': [
    { for: 'work', what: 'something to happen, in the event loop of asyncio' },
  ],
  'socketserver.serve_forever': [{ for: 'work', what: 'a connection, in serve_forever()' }],
};

/** Modules that have another name in 2.7, or before `import importlib`. */
const renamed: Readonly<Record<string, string>> = {
  Queue: 'queue',
  SocketServer: 'socketserver',
  _frozen_importlib: 'importlib._bootstrap',
};

/** `threading.wait` */
export function functionOf(frame: Frame): string {
  const module = frame.module ?? '';
  return `${renamed[module] ?? module}.${frame.function}`;
}

function ruleOf(frame: Frame): Rule | null {
  const type = selfOf(frame)?.type ?? '';
  return rules[functionOf(frame)]?.find(({ self }) => self?.test(type) ?? true) ?? null;
}

/** `Future 0x7f12`, `3 futures`, `one of 3 futures` */
function futuresText({ awaits }: Frame): string {
  const [one] = awaits?.futures ?? [];
  if (awaits === undefined || one === undefined) return 'futures';
  const { futures, all, futuresTruncated } = awaits;
  const count = futuresTruncated?.total ?? futures.length;
  if (count === 1) return `Future ${one}`;
  return `${all ? '' : 'one of '}${futuresTruncated === undefined ? '' : 'up to '}${count} futures`;
}

/** What the standard library waits for, for its caller. */
export interface LibraryWait extends Pick<Wait, 'for' | 'what' | 'address'> {
  /** The frame that says so. */
  readonly frame: Frame;
}

/**
 * The outermost function of the library that is known to wait, of those that the program has called last:
 * Queue.get(), not the Condition.wait() within.
 */
export function libraryWait(frames: readonly Frame[]): LibraryWait | null {
  let found: LibraryWait | null = null;
  for (const frame of frames) {
    if (!isLibrary(frame)) break;
    const rule = ruleOf(frame);
    if (rule === null) continue;
    const self = selfOf(frame);
    const what = rule.what
      .replace('{self}', self === null ? 'an object' : objectText(self))
      .replace('{futures}', futuresText(frame));
    found = { for: rule.for, what, address: self?.address ?? null, frame };
  }
  return found;
}
