import type { Frame } from '../model/frame.js';

/** A function of asyncio that waits. */
interface Rule {
  /** In words, to follow "waits for"; `{self}` stands for the object that it works on. */
  readonly what: string;
  /** The class of that object, where functions of several have this name. */
  readonly self?: RegExp;
}

/** By module and function. */
const rules: Readonly<Record<string, readonly Rule[]>> = {
  'asyncio.tasks.sleep': [{ what: 'time to pass' }],
  'asyncio.queues.get': [{ what: 'an item in {self}' }],
  'asyncio.queues.put': [{ what: 'room in {self}, which is full' }],
  'asyncio.queues.join': [{ what: 'task_done() for all items of {self}' }],
  'asyncio.locks.acquire': [
    { what: '{self}', self: /Lock$/ },
    { what: '{self} to be released', self: /Semaphore$/ },
  ],
  'asyncio.locks.wait': [
    { what: '{self} to be set', self: /Event$/ },
    { what: '{self} to be notified', self: /Condition$/ },
    { what: 'the others to come to {self}', self: /Barrier$/ },
  ],
  'asyncio.streams.read': [{ what: 'data from {self}' }],
  'asyncio.streams.readline': [{ what: 'data from {self}' }],
  'asyncio.streams.readuntil': [{ what: 'data from {self}' }],
  'asyncio.streams.readexactly': [{ what: 'data from {self}' }],
  'asyncio.streams.drain': [{ what: 'room to write to {self}' }],
  'asyncio.streams.open_connection': [{ what: 'a connection' }],
  'asyncio.base_events.create_connection': [{ what: 'a connection' }],
  'asyncio.base_events.getaddrinfo': [{ what: 'an address to be looked up' }],
  'asyncio.base_events.serve_forever': [{ what: 'connections, in serve_forever()' }],
  'asyncio.base_events.wait_closed': [{ what: '{self} to close' }],
  'asyncio.base_subprocess._wait': [{ what: 'a process to end' }],
  'asyncio.subprocess.wait': [{ what: 'a process to end' }],
  'asyncio.subprocess.communicate': [{ what: 'a process to end' }],
  'asyncio.threads.to_thread': [{ what: 'a function that runs in another thread' }],
  'asyncio.selector_events.sock_accept': [{ what: 'a connection' }],
  'asyncio.selector_events.sock_connect': [{ what: 'a connection' }],
  'asyncio.selector_events.sock_recv': [{ what: 'data from a socket' }],
  'asyncio.selector_events.sock_recv_into': [{ what: 'data from a socket' }],
  'asyncio.selector_events.sock_sendall': [{ what: 'room to write to a socket' }],
};

/** What a function of asyncio waits for, for its caller. */
export interface AsyncioWait {
  /** In words, to follow "waits for". */
  readonly what: string;
  /** `Queue.get()` */
  readonly call: string;
}

/**
 * The outermost function of asyncio that is known to wait, of those that the program has called last: Condition.wait(),
 * not the Lock.acquire() within.
 */
export function asyncioWait(frames: readonly Frame[]): AsyncioWait | null {
  let found: AsyncioWait | null = null;
  for (const frame of frames) {
    if (frame.module?.startsWith('asyncio.') !== true) break;
    const variable = frame.variables?.find(({ name }) => name === 'self');
    const self = variable === undefined || 'error' in variable ? null : variable;
    const rule = rules[`${frame.module}.${frame.function}`]?.find(
      ({ self: wanted }) => self === null || (wanted?.test(self.type) ?? true),
    );
    if (rule === undefined) continue;
    const object = self === null ? 'an object' : `${self.type} ${self.address}`;
    found = {
      what: rule.what.replace('{self}', object),
      call: `${self === null ? '' : `${self.type}.`}${frame.function}()`,
    };
  }
  return found;
}

/** The lock that a task waits for, by its address; null: it waits for something else. */
export function asyncioLockWaitedFor(frames: readonly Frame[]): string | null {
  // Of a Future that is written in Python the awaiting is a frame of its own.
  const frame = frames.find(({ module }) => module !== 'asyncio.futures');
  if (frame?.module !== 'asyncio.locks' || frame.function !== 'acquire') return null;
  const self = frame.variables?.find(({ name }) => name === 'self');
  return self === undefined || 'error' in self || self.type !== 'Lock' ? null : self.address;
}

/**
 * The locks of the `async with` statements that a task is inside of, by their addresses. A Condition that it waits for has
 * released its lock.
 */
export function asyncioLocksHeld(frames: readonly Frame[]): Set<string> {
  const held = new Set<string>();
  const released = new Set<string>();
  for (const { module, function: name, variables, stackLocks } of frames) {
    for (const lock of stackLocks ?? []) {
      const ofAsyncio = !('error' in lock) && lock.typeModule === 'asyncio.locks';
      if (ofAsyncio && !released.has(lock.address)) held.add(lock.address);
    }
    const self = variables?.find((each) => each.name === 'self');
    if (module !== 'asyncio.locks' || name !== 'wait' || self === undefined || 'error' in self) continue;
    const [, lock] = /'_lock': <[\w.]+ object at (0x[0-9a-f]+)/.exec(self.repr) ?? [];
    if (lock !== undefined) released.add(lock);
    else if (self.type.endsWith('Condition')) return held;
  }
  return held;
}
