import { gzipSync } from 'node:zlib';
import { Profile as PprofProfile, StringTable, type LabelInput, type SampleInput } from 'pprof-format';
import { functionsOf } from '../../profile/functions.js';
import { threadStates, type Profile, type ProfileNode, type ProfileSpan } from '../../profile/profile.js';
import { withoutEmptyStacks } from '../../profile/pseudoFrames.js';
import { escapeUntrusted } from '../escape.js';
import { functionName } from './frameText.js';
import { recordingNotes } from './recordingText.js';

/** Spans of the same thread, stack and state, whenever they were. */
interface Group {
  readonly span: ProfileSpan;
  samples: number;
  nanoseconds: number;
}

function groupsOf({ spans, nodes }: Profile): Group[] {
  const groups = new Map<number, Group>();
  for (const span of spans) {
    const { thread, node, state, samples, startMs, endMs } = span;
    const key = (thread * nodes.length + node) * threadStates.length + threadStates.indexOf(state);
    const nanoseconds = Math.round((endMs - startMs) * 1e6);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { span, samples, nanoseconds });
    } else {
      group.samples += samples;
      group.nanoseconds += nanoseconds;
    }
  }
  return [...groups.values()];
}

/** Ids, which begin at 1, of the frames of a stack: the innermost first. */
function locationIds(nodes: readonly ProfileNode[], innermost: number): number[] {
  const ids: number[] = [];
  for (let node = nodes[innermost]; node !== undefined; node = nodes[node.parent]) ids.push(node.frame + 1);
  return ids;
}

function encoded(profile: Profile): PprofProfile {
  const { meta, frames, nodes, threads } = profile;
  const strings = new StringTable();
  const text = (value: string): number => strings.dedup(escapeUntrusted(value));
  /** As text: numbers would be put together to ranges, with units. */
  const label = (key: string, value: string | number | null = null): LabelInput[] =>
    value === null || value === '' ? [] : [{ key: text(key), str: text(`${value}`) }];
  const [functions, functionOf] = functionsOf(frames);
  const sample = ({ span, samples, nanoseconds }: Group): SampleInput => {
    const thread = threads[span.thread];
    return {
      locationId: locationIds(nodes, span.node),
      value: [samples, nanoseconds],
      label: [...label('thread', thread?.name), ...label('tid', thread?.tid), ...label('state', span.state)],
    };
  };
  const wall = { type: text('wall'), unit: text('nanoseconds') };
  return new PprofProfile({
    sampleType: [{ type: text('samples'), unit: text('count') }, wall],
    defaultSampleType: wall.type,
    periodType: wall,
    period: Math.round(1e9 / meta.wantedHz),
    timeNanos: BigInt(Date.parse(meta.startedAt)) * 1_000_000n,
    durationNanos: Math.round(meta.wallSeconds * 1e9),
    comment: recordingNotes(meta).map(text),
    // Says that there is nothing to be looked up in the program's file.
    mapping: [
      {
        id: 1,
        filename: text(meta.process.executable),
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
        hasInlineFrames: true,
      },
    ],
    // No system name: `go tool pprof` would take a name that equals it for one of C++, and leave out what is in <>.
    function: functions.map((each, index) => ({
      id: index + 1,
      name: text(functionName(each)),
      filename: text(each.file),
    })),
    location: frames.map(({ line }, index) => ({
      id: index + 1,
      mappingId: 1,
      line: [{ functionId: (functionOf[index] ?? 0) + 1, line: line ?? 0 }],
    })),
    sample: groupsOf(profile).map(sample),
    stringTable: strings,
  });
}

/** profile.proto, compressed: for `go tool pprof` and all that read its files. */
export function renderPprof(profile: Profile): Buffer {
  return gzipSync(encoded(withoutEmptyStacks(profile)).encode());
}
