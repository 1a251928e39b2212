import type { GdbSession } from '../gdb/session.js';
import type { NativeFrame } from '../model/nativeFrame.js';
import type { Snapshot, Thread } from '../model/snapshot.js';
import { mergeStacks, type NativeFrame as UnwoundFrame } from '../profile/mergeStacks.js';
import { evaluationLoopOf } from './nativeFrames.js';
import { NativeStacks } from './nativeStacks.js';

/** The stacks of C of a dump. */
export interface NativeDump {
  /** To be called while the process stands still. */
  readonly capture: () => Promise<void>;
  /** The same threads with their frames of C; gdb must not have ended, the process may run. */
  readonly told: (threads: readonly Thread[]) => Promise<Pick<Snapshot, 'threads' | 'warnings'>>;
  readonly close: () => void;
}

function modelOf({ name, file, internal }: UnwoundFrame, caller: number | null): NativeFrame {
  return { function: name, file: file === '' ? null : file, internal, caller };
}

/** Null: the stack of Python and that of C do not fit. */
function merged(python: Thread['python'], native: readonly UnwoundFrame[]): NativeFrame[] | null {
  if (python === null || python.frames.length === 0) return native.map((frame) => modelOf(frame, null));
  const frames = python.frames.map((frame, index) => ({
    frame: index,
    entry: 'entry' in frame && frame.entry,
  }));
  const both = python.framesTruncated === undefined ? mergeStacks(frames, native) : null;
  if (both === null) return null;
  const told: NativeFrame[] = [];
  let caller: number | null = null;
  for (const frame of both.toReversed()) {
    if (typeof frame === 'number') caller = frame;
    else told.push(modelOf(frame, caller));
  }
  return told.reverse();
}

function withNative(thread: Thread, native: readonly UnwoundFrame[] | null, misfits: number[]): Thread {
  if (native === null || native.length === 0 || thread.tid === null) return thread;
  const fitting = merged(thread.python, native);
  if (fitting === null) misfits.push(thread.tid);
  return { ...thread, nativeFrames: fitting ?? native.map((frame) => modelOf(frame, null)) };
}

/**
 * @param version of CPython, as PY_VERSION_HEX
 * @throws SleeperError when the memory of the process cannot be read
 */
export function openNativeDump(session: GdbSession, pid: number, version: number): NativeDump {
  const stacks = new NativeStacks(session, pid, evaluationLoopOf(version));
  return {
    capture: () => stacks.capture(),
    close: () => {
      stacks.close();
    },
    told: async (threads) => {
      await stacks.unwindAll();
      const misfits: number[] = [];
      const told = threads.map((thread) =>
        withNative(thread, thread.tid === null ? null : stacks.framesOf(thread.tid), misfits),
      );
      const which = misfits.length === 1 ? `thread ${misfits.join()}` : `threads ${misfits.join(', ')}`;
      const message = `the frames of C of ${which} do not fit those of Python`;
      return { threads: told, warnings: misfits.length === 0 ? [] : [{ where: 'native', message }] };
    },
  };
}
