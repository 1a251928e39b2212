/** A process that somebody waits for. */
export interface ProcessFact {
  readonly pid: number;
  /** The kernel's name of it. */
  readonly command: string;
  /** R, S, D, T, t, Z ... as /proc says. */
  readonly state: string;
  /** For how long its main thread has been blocked, where the kernel tells. */
  readonly blockedMs: number | null;
  /** The files that its main thread is blocked in writing to, as the links in /proc say: "pipe:[1234]". */
  readonly writingTo: readonly string[];
  /** The pipes that it has open for reading. */
  readonly readingEnds: readonly string[];
}

/**
 * What a futex is part of: a library's own data, by its file name; a named semaphore of POSIX, by its name; or memory of
 * which nothing is known.
 */
export type FutexPlace =
  | { readonly of: 'loader' | 'allocator' | 'library' | 'memory'; readonly library: string | null }
  | { readonly of: 'semaphore'; readonly name: string };

/** A transaction of a PostgreSQL that its client has left open: the server process, and who is connected to it. */
export interface OpenTransaction {
  readonly pid: number;
  /** The title of the server process. */
  readonly command: string;
  readonly clients: readonly { readonly pid: number; readonly command: string }[];
}

/** A PostgreSQL at the other end of a connection that waits for a lock. */
export interface PostgresWait {
  readonly fd: number;
  /** The server process, with its title. */
  readonly backend: { readonly pid: number; readonly command: string };
  /** Those of the same database in which nothing is done just now. One of them may have the lock. */
  readonly transactions: readonly OpenTransaction[];
}

/** A message queue of System V (msgget(2)), with what lies in it. */
export interface MessageQueue {
  readonly id: number;
  readonly bytes: number;
  readonly messages: number;
  /** Who has sent to it last, and received from it; null: nobody, the process itself, or somebody who has ended. */
  readonly sender: ProcessFact | null;
  readonly receiver: ProcessFact | null;
}

/** What is to be known beside the snapshot. None of it needs a stop. */
export interface KernelFacts {
  readonly children: readonly ProcessFact[];
  /** Who has the lock on a file that this process waits for, if it does (/proc/locks). */
  readonly fileLockHolders: readonly ProcessFact[];
  /** Of the processes at the other end of what this one is blocked in, those that a signal has stopped. */
  readonly stoppedPeers: readonly ProcessFact[];
  /** The pipes that it is blocked in and that no other process has an end of: "pipe:[1234]". */
  readonly ownPipes: readonly string[];
  /** The SQLite databases that it has open and that are locked, and who has them locked; itself only if nobody else. */
  readonly lockedDatabases: readonly { readonly path: string; readonly holders: readonly ProcessFact[] }[];
  /** Of the connections that it is blocked in, those to a PostgreSQL that waits for a lock. */
  readonly postgresWaits: readonly PostgresWait[];
  /** The message queues that it is blocked at. */
  readonly messageQueues: readonly MessageQueue[];
  /** The process that this one was forked from and still is like: neither has executed another program since. */
  readonly forkedFrom: number | null;
  /** Of that parent: the threads that it has, with the kernel's names of them. */
  readonly parentThreads: readonly { readonly tid: number; readonly name: string }[];
  /** What the futexes are part of that threads wait at, by their addresses. */
  readonly futexPlaces: ReadonlyMap<string, FutexPlace>;
  /** What shared memory the semaphores of multiprocessing are in, by their addresses: the same in all processes. */
  readonly sharedMemory: ReadonlyMap<string, string>;
  /** The names of the signals that it has handlers for. */
  readonly caughtSignals: readonly string[];
  /** The C functions that the holder of the GIL is in, innermost first; empty: not asked for, or not known. */
  readonly gilHolderFunctions: readonly string[];
  /** The thread that runs with the GIL, if it did so in the same place a little later, and the C functions it was in then. */
  readonly busy: {
    readonly tid: number;
    readonly functions: readonly string[];
    readonly afterMs: number;
    /** What it used of a processor meanwhile; counted in steps of 10 ms. */
    readonly cpuMs: number;
  } | null;
}
