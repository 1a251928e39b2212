import { spansByThread } from '../../profile/counts.js';
import type { Profile, ProfileThread } from '../../profile/profile.js';
import { byState, withoutEmptyStacks } from '../../profile/pseudoFrames.js';
import { slicesOf } from '../../profile/slices.js';
import { withoutLines } from '../../profile/withoutLines.js';
import { escapeUntrusted } from '../escape.js';
import { functionName } from './frameText.js';
import { bufferOf, jsonArray } from './pieces.js';
import { recordingNotes } from './recordingText.js';

/** Greater than any thread's id can be: for those whose own is not known. */
const noTid = 1 << 22;

/** A track for each thread: threads of which the id is not known, or was used again, get one of their own. */
function trackIds(threads: readonly ProfileThread[]): number[] {
  const taken = new Set<number | null>([null]);
  return threads.map(({ tid }, index) => {
    const id = tid === null || taken.has(tid) ? noTid + index : tid;
    taken.add(id);
    return id;
  });
}

/** Whole ones: of fractions, a viewer's rounding could let a function end after the one that called it. */
function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}

function* processEvents({ meta, threads }: Profile): Generator<string> {
  const pids = new Set([meta.process.pid, ...threads.map(({ pid }) => pid)]);
  for (const pid of pids) {
    const name = pid === meta.process.pid ? escapeUntrusted(meta.process.command) : 'python';
    yield JSON.stringify({ ph: 'M', name: 'process_name', pid, args: { name } });
  }
}

function* threadEvents(profile: Profile): Generator<string> {
  const { frames, nodes, threads } = profile;
  const tids = trackIds(threads);
  const about = frames.map((frame) => {
    const name = `"name":${JSON.stringify(functionName(frame))}`;
    return frame.file === ''
      ? name
      : `${name},"args":${JSON.stringify({ file: escapeUntrusted(frame.file) })}`;
  });
  for (const [index, spans] of spansByThread(profile).entries()) {
    const thread = threads[index];
    const tid = tids[index];
    if (thread === undefined || tid === undefined || spans.length === 0) continue;
    const { pid, name } = thread;
    if (name !== null) {
      yield JSON.stringify({ ph: 'M', name: 'thread_name', pid, tid, args: { name: escapeUntrusted(name) } });
    }
    for (const { node, startMs, endMs } of slicesOf(nodes, spans)) {
      const start = microseconds(startMs);
      const duration = microseconds(endMs) - start;
      const what = about[nodes[node]?.frame ?? -1] ?? '';
      yield `{"ph":"X","pid":${pid},"tid":${tid},"ts":${start},"dur":${duration},${what}}`;
    }
  }
}

function* events(profile: Profile): Generator<string> {
  yield* processEvents(profile);
  yield* threadEvents(profile);
}

function* pieces(profile: Profile): Generator<string> {
  const notes = recordingNotes(profile.meta);
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify({ notes })},"traceEvents":`;
  yield* jsonArray(events(profile));
  yield '}\n';
}

/**
 * Trace events for Perfetto and chrome://tracing: a track for each thread, functions without lines, so that a
 * function that goes on is one event, and below them what the thread waited for.
 */
export function renderChromeTrace(profile: Profile): Buffer {
  return bufferOf(pieces(byState(withoutLines(withoutEmptyStacks(profile)))));
}
