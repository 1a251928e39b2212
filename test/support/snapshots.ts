/** Snapshots made by hand, for the tests of what is done with them. */
import type { KernelFacts } from '../../src/model/kernelFacts.js';
import type { Frame, PythonThread } from '../../src/model/agentReport.js';
import type { KernelThread, Snapshot, Thread } from '../../src/model/snapshot.js';
import type { Variable } from '../../src/model/value.js';

export function aVariable(name: string, repr: string, more: object = {}): Variable {
  return { name, kind: 'local', type: 'object', address: '0x7f00', repr, how: 'raw', ...more };
}

export function aFrame(more: Partial<Frame> = {}): Frame {
  return {
    function: 'work',
    file: '/srv/app/worker.py',
    line: 12,
    module: '__main__',
    entry: false,
    ...more,
  };
}

export function aKernelThread(tid: number, more: Partial<KernelThread> = {}): KernelThread {
  return {
    tid,
    name: 'python3',
    state: 'S',
    cpuUserMs: 10,
    cpuSystemMs: 2,
    systemCall: null,
    waitChannel: null,
    lastRanMsAgo: null,
    ...more,
  };
}

export function aPythonThread(name: string, more: Partial<PythonThread> = {}): NonNullable<Thread['python']> {
  return {
    interpreter: 0,
    address: `0x${Buffer.from(name).toString('hex')}`,
    ident: 1,
    name,
    daemon: false,
    holdsGil: false,
    handling: null,
    raising: null,
    frames: [aFrame()],
    ...more,
  };
}

export function aThread(
  tid: number,
  name: string,
  more: {
    python?: Partial<PythonThread>;
    kernel?: Partial<KernelThread>;
    gil?: Thread['gil'];
  } = {},
): Thread {
  return {
    tid,
    kernel: aKernelThread(tid, more.kernel),
    python: aPythonThread(name, { ident: tid + 140_000_000_000_000, ...more.python }),
    gil: more.gil ?? 'released',
  };
}

export function aSnapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    schemaVersion: 1,
    sleeperVersion: '0.1.0',
    agentVersion: '0.1.0',
    takenAt: '2025-03-01T12:00:00.000Z',
    stoppedUs: 2400,
    process: {
      pid: 4242,
      parentPid: 1,
      user: 'app',
      command: 'python3',
      executable: '/usr/bin/python3.11',
      argv: ['python3', 'worker.py', '--port', '8000'],
      workingDirectory: '/srv/app',
      startedAt: '2025-03-01T11:57:00.000Z',
      residentBytes: 31_000_000,
    },
    python: {
      implementation: 'CPython',
      version: '3.11.7',
      hexVersion: 0x030b07f0,
      debug: false,
      freeThreaded: false,
      finalizing: false,
      layout: 'table',
    },
    interpreters: [
      {
        id: 0,
        address: '0x7f0000001000',
        main: true,
        gil: {
          locked: false,
          holder: null,
          locks: '0x7f0000002000',
          locksBytes: 48,
          switchIntervalUs: 5000,
        },
        importLock: null,
        gc: { enabled: true, collecting: false, generations: [{ count: 1, threshold: 700 }] },
      },
    ],
    threads: [],
    tasks: [],
    fds: null,
    limits: {
      threads: 1000,
      frames: 512,
      depth: 4,
      items: 64,
      string: 256,
      repr: 4096,
      variables: 256,
      warnings: 100,
      answer: 1 << 20,
    },
    warnings: [],
    ...more,
  };
}

/** What /proc says beside a snapshot where there is nothing to be said. */
export const noKernelFacts: KernelFacts = {
  children: [],
  fileLockHolders: [],
  stoppedPeers: [],
  ownPipes: [],
  lockedDatabases: [],
  postgresWaits: [],
  messageQueues: [],
  forkedFrom: null,
  parentThreads: [],
  futexPlaces: new Map(),
  sharedMemory: new Map(),
  caughtSignals: [],
  gilHolderFunctions: [],
  busy: null,
};
