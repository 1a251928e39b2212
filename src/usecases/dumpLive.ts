import type { GdbSession } from '../gdb/session.js';
import { frameReference } from '../live/frameReference.js';
import type {
  FrameReference,
  FrameVariables,
  LiveAnswer,
  LiveValue,
  VariablesRequest,
} from '../live/liveTarget.js';
import type { Frame } from '../model/agentReport.js';
import type { Snapshot, Thread } from '../model/snapshot.js';
import type { Variable } from '../model/value.js';
import { nativeText } from '../render/nativeFunctions.js';
import { dumpIn, type DumpOptions } from './dump.js';
import { withGdb } from './gdb.js';
import { readNativeStack } from './nativeStack.js';
import { openLiveIn } from './openLive.js';

/** What the values of a whole process may cost. A value that costs more stays as it was decoded from memory. */
const budget: Omit<VariablesRequest, 'frames'> = {
  valueMs: 200,
  totalMs: 5_000,
  maxLength: 10_000,
  totalLength: 5_000_000,
};

/** A frame of the snapshot whose variables are asked for. */
interface Place {
  readonly reference: FrameReference;
  readonly frame: Frame;
}

/**
 * As `dump`, and then, while the process runs on, the values by its own repr(). What cannot be had that way stays as
 * it was decoded from memory, with the reason.
 * @throws SleeperError; the reason of `signal` when it is aborted
 */
export function dumpLive(pid: number, options: DumpOptions): Promise<Snapshot> {
  return withGdb(options, options.signal, async (session) => {
    const snapshot = await dumpIn(session, pid, options, 'goOn');
    const places = placesOf(snapshot);
    if (places.length === 0) return snapshot;
    const answer = await askFor(session, pid, places, options);
    if (answer.kind === 'answer') return withValues(snapshot, places, answer.value);
    const message = await explain(pid, answer, snapshot, options);
    return {
      ...snapshot,
      warnings: [
        ...snapshot.warnings,
        { where: 'live', message: `${message}; the values are as decoded from memory` },
      ],
    };
  });
}

async function askFor(
  session: GdbSession,
  pid: number,
  places: readonly Place[],
  options: DumpOptions,
): Promise<LiveAnswer<FrameVariables[]>> {
  const live = await openLiveIn(session, pid, options);
  try {
    const maxLength = options.maxLength ?? budget.maxLength;
    const frames = places.map(({ reference }) => reference);
    return await live.variables({ ...budget, maxLength, frames }, options.signal);
  } finally {
    await live.close();
    options.signal.throwIfAborted();
  }
}

/** The frames that have variables. Where the outermost frames were left out a frame cannot be found again. */
function placesOf({ threads }: Snapshot): Place[] {
  return threads.flatMap(({ python }) => {
    if (python === null || python.framesTruncated !== undefined) return [];
    return python.frames.flatMap((frame, index): Place[] => {
      if ('error' in frame || (frame.variables ?? []).length === 0) return [];
      const reference = frameReference(python.ident, python.frames, index);
      return reference === null ? [] : [{ reference, frame }];
    });
  });
}

function withValues(
  snapshot: Snapshot,
  places: readonly Place[],
  answers: readonly FrameVariables[],
): Snapshot {
  const answerOf = new Map(places.map(({ frame }, index) => [frame, answers[index]]));
  const threads = snapshot.threads.map((thread): Thread => {
    const { python } = thread;
    if (python === null) return thread;
    const frames = python.frames.map((frame) => {
      if ('error' in frame) return frame;
      const answer = answerOf.get(frame);
      return answer === undefined ? frame : withFrameValues(frame, answer);
    });
    return { ...thread, python: { ...python, frames } };
  });
  return { ...snapshot, threads };
}

function withFrameValues(frame: Frame, answer: FrameVariables): Frame {
  const variables = (frame.variables ?? []).map((variable): Variable => {
    if ('error' in variable) return variable;
    if (answer.kind === 'moved') return { ...variable, reason: answer.reason };
    const live = answer.values[variable.name];
    return live === undefined ? { ...variable, reason: 'not there any more' } : withValue(variable, live);
  });
  return { ...frame, variables };
}

function withValue(variable: Exclude<Variable, { error: string }>, live: LiveValue): Variable {
  if (live.how === 'raw') {
    return live.reason === undefined ? variable : { ...variable, reason: live.reason };
  }
  const { name, kind, type, typeModule, address, lock } = variable;
  return {
    ...{ name, kind, type, address, repr: live.text, how: 'repr' },
    ...(typeModule === undefined ? {} : { typeModule }),
    ...(lock === undefined ? {} : { lock }),
    ...(live.total === undefined ? {} : { truncated: { shown: live.text.length, total: live.total } }),
  };
}

/** Why there is no answer: a clause. */
async function explain(
  pid: number,
  answer: Exclude<LiveAnswer<never>, { kind: 'answer' }>,
  snapshot: Snapshot,
  options: DumpOptions,
): Promise<string> {
  switch (answer.kind) {
    case 'noGil':
      return `the GIL was not to be had: ${await gilHolder(pid, snapshot, options)}`;
    case 'stuck':
      return `a repr() blocks in a call that cannot be interrupted, in thread ${answer.tid}, which ends when it returns`;
    case 'interrupted':
      return 'the repr()s took too long';
    default:
      return `the session ended: ${answer.reason}`;
  }
}

async function gilHolder(pid: number, { threads }: Snapshot, options: DumpOptions): Promise<string> {
  const holder = threads.find(({ gil }) => gil === 'holds');
  if (holder?.python === undefined || holder.python === null) return 'nobody is known to hold it';
  const { tid, python } = holder;
  const frame = python.frames.find((each) => 'function' in each);
  const where = frame === undefined ? '' : ` in ${frame.function} (${frame.file}:${frame.line ?? '?'})`;
  const label = `thread ${tid ?? '?'} "${python.name ?? ''}" holds it${where}`;
  if (tid === null) return label;
  try {
    return label + nativeText(await readNativeStack(pid, tid, options));
  } catch (error) {
    options.signal.throwIfAborted();
    return `${label}; its C functions cannot be told: ${(error as Error).message}`;
  }
}
