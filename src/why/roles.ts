import type { Snapshot, Thread } from '../model/snapshot.js';
import type { Value } from '../model/value.js';
import { functionOf } from './libraryWaits.js';
import { framesOf, selfOf, variable } from './stack.js';

/** The threads of a process by what others wait for them for. */
export interface Roles {
  readonly main: Thread | null;
  readonly holdsGil: Thread | null;
  readonly byIdent: ReadonlyMap<number, Thread>;
  /** Are all Python threads of the process in the snapshot? */
  readonly complete: boolean;
  /** By the address of a threading.Thread, the thread that runs it. */
  readonly runners: ReadonlyMap<string, Thread>;
  /** By the address of a Future, the thread of a pool that works on it. */
  readonly workers: ReadonlyMap<string, Thread>;
  /** By the name of a module, as its text, those that import it. */
  readonly importers: ReadonlyMap<string, readonly Thread[]>;
}

/** All threads are gone through once, however many of them wait for each other. */
export function rolesOf({ threads, process, limits }: Snapshot): Roles {
  const runners = new Map<string, Thread>();
  const workers = new Map<string, Thread>();
  const importers = new Map<string, Thread[]>();
  const first = (map: Map<string, Thread>, key: string, thread: Thread): void => {
    if (!map.has(key)) map.set(key, thread);
  };
  for (const thread of threads) {
    for (const frame of framesOf(thread)) {
      const self = selfOf(frame);
      const name = functionOf(frame);
      // What the outermost frames of a thread work on is what it runs.
      if (/^__?bootstrap$/.test(frame.function) && self !== null) first(runners, self.address, thread);
      if (frame.future !== undefined) first(workers, frame.future, thread);
      if (name === 'importlib._bootstrap._find_and_load_unlocked') {
        const module = variable(frame, 'name')?.repr ?? '';
        importers.set(module, [...(importers.get(module) ?? []), thread]);
      }
    }
  }
  const pythons = threads.flatMap((thread): [number, Thread][] =>
    thread.python === null ? [] : [[thread.python.ident, thread]],
  );
  return {
    main: threads.find(({ tid }) => tid === process.pid) ?? null,
    holdsGil: threads.find(({ gil }) => gil === 'holds') ?? null,
    byIdent: new Map(pythons),
    complete: pythons.length < limits.threads,
    ...{ runners, workers, importers },
  };
}

/** The thread that runs a threading.Thread. No frame of the main thread works on its own. */
export function runnerOf({ address, type }: Value, { main, runners }: Roles): Thread | null {
  return type === '_MainThread' ? main : (runners.get(address) ?? null);
}
