import { spansByThread, sumOf, threadCounts } from '../../profile/counts.js';
import type { Profile, ProfileNode, ProfileSpan } from '../../profile/profile.js';
import { threadTitle, withoutEmptyStacks } from '../../profile/pseudoFrames.js';
import { slicesOf, type Slice } from '../../profile/slices.js';
import { escapeUntrusted } from '../escape.js';
import { functionName } from './frameText.js';
import { bufferOf, jsonArray } from './pieces.js';
import { recordingNotes } from './recordingText.js';

/** Slices as openings and closings of frames: those of a stack are closed from the innermost. */
function* events(nodes: readonly ProfileNode[], spans: readonly ProfileSpan[]): Generator<string> {
  const event = (type: 'O' | 'C', { node }: Slice, ms: number): string =>
    `{"type":"${type}","frame":${nodes[node]?.frame ?? 0},"at":${ms}}`;
  const open: Slice[] = [];
  function* closeUntil(ms: number): Generator<string> {
    for (let last = open.at(-1); last !== undefined && last.endMs <= ms; last = open.at(-1)) {
      open.pop();
      yield event('C', last, last.endMs);
    }
  }
  for (const slice of slicesOf(nodes, spans)) {
    yield* closeUntil(slice.startMs);
    open.push(slice);
    yield event('O', slice, slice.startMs);
  }
  yield* closeUntil(Infinity);
}

/** Among the threads that have spans, the one that ran most. */
function busiest(profile: Profile): number {
  const ran = threadCounts(profile)
    .filter((counts) => sumOf(counts) > 0)
    .map(({ cpu }) => cpu);
  return Math.max(0, ran.indexOf(ran.reduce((most, each) => Math.max(most, each), 0)));
}

function* pieces(profile: Profile): Generator<string> {
  const { meta, threads, nodes } = profile;
  const head = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: `sleeper@${escapeUntrusted(meta.sleeperVersion)}`,
    name: recordingNotes(meta).join('; '),
    activeProfileIndex: busiest(profile),
    shared: {
      frames: profile.frames.map((frame) => ({
        name: functionName(frame),
        ...(frame.file === '' ? {} : { file: escapeUntrusted(frame.file) }),
        ...(frame.line === null ? {} : { line: frame.line }),
      })),
    },
  };
  yield `${JSON.stringify(head).slice(0, -1)},"profiles":[`;
  let separator = '';
  for (const [index, spans] of spansByThread(profile).entries()) {
    const thread = threads[index];
    const [first, last] = [spans[0], spans.at(-1)];
    if (thread === undefined || first === undefined || last === undefined) continue;
    const about = {
      type: 'evented',
      name: escapeUntrusted(threadTitle(thread)),
      unit: 'milliseconds',
      startValue: first.startMs,
      endValue: last.endMs,
    };
    yield `${separator}${JSON.stringify(about).slice(0, -1)},"events":`;
    yield* jsonArray(events(nodes, spans));
    yield '}';
    separator = ',\n';
  }
  yield ']}\n';
}

/**
 * The format of speedscope.app: one profile for each thread, in real time. Of type "evented", which says what
 * changed: a "sampled" one would repeat the whole stack for each span.
 */
export function renderSpeedscope(profile: Profile): Buffer {
  return bufferOf(pieces(withoutEmptyStacks(profile)));
}
