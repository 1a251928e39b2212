/** Views in which frames stand for what is no function: a thread, a state, no Python at all. */
import { NodeTable } from './nodeTable.js';
import { threadStates, type Profile, type ProfileFrame, type ProfileThread } from './profile.js';

function pseudoFrame(text: string): ProfileFrame {
  return { function: text, file: '', line: null, native: false, internal: false, variables: null };
}

/** How a thread is called where stacks of several threads are together. Text of the target is in it. */
export function threadTitle({ tid, name }: ProfileThread): string {
  return `thread${name === null ? '' : ` "${name}"`}${tid === null ? '' : ` (${tid})`}`;
}

/** Each stack below an outermost frame that names its thread. */
export function byThread(profile: Profile): Profile {
  return below(profile, profile.threads.map(threadTitle));
}

/** Each stack below an outermost frame that names its process, if there are several. */
export function byProcess(profile: Profile): Profile {
  if (new Set(profile.threads.map(({ pid }) => pid)).size < 2) return profile;
  return below(
    profile,
    profile.threads.map(({ pid }) => `process (${pid})`),
  );
}

/** @param titles of the outermost frame, for each thread */
function below(profile: Profile, titles: readonly string[]): Profile {
  const { nodes, threads } = profile;
  const distinct = [...new Set(titles)];
  const frames = [...profile.frames, ...distinct.map(pseudoFrame)];
  const frameOf = titles.map((title) => profile.frames.length + distinct.indexOf(title));
  const table = new NodeTable(frames.length);
  const newNodes = threads.map(() => new Map<number, number>());
  const nodeOf = (thread: number, node: number): number => {
    const known = newNodes[thread];
    const path: number[] = [];
    let outer = node;
    while (outer >= 0 && known?.has(outer) === false) {
      path.push(outer);
      outer = nodes[outer]?.parent ?? -1;
    }
    let index = known?.get(outer) ?? table.index(-1, frameOf[thread] ?? -1);
    for (const inner of path.reverse()) {
      index = table.index(index, nodes[inner]?.frame ?? -1);
      known?.set(inner, index);
    }
    return index;
  };
  const spans = profile.spans.map((span) => ({ ...span, node: nodeOf(span.thread, span.node) }));
  return { ...profile, frames, nodes: table.nodes, spans };
}

const stateTitles = { cpu: '', gil: '[waits for the GIL]', idle: '[idle]' } as const;

/** Each stack of a thread that waited with an innermost frame that says so. */
export function byState(profile: Profile): Profile {
  const frames = [...profile.frames, ...threadStates.map((state) => pseudoFrame(stateTitles[state]))];
  const table = new NodeTable(frames.length);
  for (const { parent, frame } of profile.nodes) table.index(parent, frame);
  const spans = profile.spans.map((span) =>
    span.state === 'cpu'
      ? span
      : {
          ...span,
          node: table.index(span.node, profile.frames.length + threadStates.indexOf(span.state)),
        },
  );
  return { ...profile, frames, nodes: table.nodes, spans };
}

/** Each empty stack with one frame that says so, for formats in which a stack must not be empty. */
export function withoutEmptyStacks(profile: Profile): Profile {
  if (profile.spans.every(({ node }) => node >= 0)) return profile;
  const node = profile.nodes.length;
  return {
    ...profile,
    frames: [...profile.frames, pseudoFrame('[no Python frame]')],
    nodes: [...profile.nodes, { parent: -1, frame: profile.frames.length }],
    spans: profile.spans.map((span) => (span.node >= 0 ? span : { ...span, node })),
  };
}
