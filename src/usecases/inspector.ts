import type { GdbSession } from '../gdb/session.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Inspector } from '../repl/inspector.js';
import { tryReadProc } from '../target/procFile.js';
import { parseStat } from '../target/stat.js';
import { dump, dumpIn, type DumpOptions } from './dump.js';
import { withGdb, withOpenGdb } from './gdb.js';
import { readNativeStack } from './nativeStack.js';
import { readOpenFds } from './openFds.js';

export type InspectorOptions = Pick<
  DumpOptions,
  | 'gdb'
  | 'trustSeccomp'
  | 'timeoutMs'
  | 'mostThreads'
  | 'trace'
  | 'sleeperVersion'
  | 'log'
  | 'beforeInjection'
>;

/** When the process started: with its id, that tells it from all others. Null: it has ended. */
function startOf(pid: number): number | null {
  const text = tryReadProc(`/proc/${pid}/stat`);
  if (text === null) return null;
  const { state, startedMs } = parseStat(text);
  return state === 'Z' || state === 'X' ? null : startedMs;
}

/** Looks at one process as often as it is asked to, and holds it still in between if it is told to. */
export function openInspector(pid: number, options: InspectorOptions): Inspector {
  const startedMs = startOf(pid);
  let held: { session: GdbSession; snapshot: Snapshot } | null = null;

  const alive = (): boolean => startedMs === null || startOf(pid) === startedMs;

  const letGo = async (): Promise<void> => {
    const session = held?.session;
    held = null;
    await session?.close();
  };

  const dumpOptions = (globals: boolean, signal: AbortSignal): DumpOptions => ({
    ...options,
    ...{ locals: true, globals, fds: false, signal },
  });

  return {
    alive,
    letGo,
    get paused() {
      return held !== null;
    },
    refresh: async ({ globals }, signal) => {
      if (held !== null) return held.snapshot;
      return dump(pid, dumpOptions(globals, signal));
    },
    pause: async (signal) => {
      if (held !== null) return held.snapshot;
      return withOpenGdb(options, signal, async (session) => {
        const snapshot = await dumpIn(session, pid, dumpOptions(true, signal), 'hold');
        signal.throwIfAborted();
        held = { session, snapshot };
        return snapshot;
      });
    },
    resume: letGo,
    gdb: async (command, signal) => {
      if (held !== null) {
        const { session } = held;
        try {
          // Should the command have let it run after all: it is paused.
          return await session.console(command, signal).finally(() => session.interrupt());
        } finally {
          // gdb has ended, or had to be killed: nobody holds the process any more.
          if (!session.holds) await letGo();
        }
      }
      return withGdb(options, signal, async (session) => {
        const { assertInspectable } = await import('../target/diagnosis.js');
        assertInspectable(pid);
        await session.attach(pid);
        return session.console(command, signal);
      });
    },
    fds: () => readOpenFds(pid),
    nativeFunctions: (tid, signal) => readNativeStack(pid, tid, { ...options, signal }).catch(() => []),
  };
}
