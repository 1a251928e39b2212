import type {
  Profile,
  ProfileFrame,
  ProfileNode,
  ProfileSpan,
  ThreadState,
} from '../../src/profile/profile.js';
import { aProfileFrame, aRecordingMeta } from './profiles.js';

/** The same numbers from 0 to 1 for the same seed (mulberry32), millions of them without a repetition. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

const packages = '/usr/lib/python3/dist-packages';
const files = [
  ...[
    'worker',
    'models',
    'cache',
    'views/orders',
    'views/reports',
    'billing/tax',
    'auth/tokens',
    'search/index',
  ].map((name) => `/srv/app/${name}.py`),
  ...['sqlalchemy/engine/base', 'sqlalchemy/orm/query', 'sqlalchemy/sql/compiler', 'requests/sessions'].map(
    (name) => `${packages}/${name}.py`,
  ),
  ...['urllib3/connectionpool', 'jinja2/environment', 'numpy/core/numeric'].map(
    (name) => `${packages}/${name}.py`,
  ),
  ...['threading', 'json/decoder', 'socket', 'logging/__init__'].map(
    (name) => `/usr/lib/python3.11/${name}.py`,
  ),
  '/usr/lib/x86_64-linux-gnu/libc.so.6',
];
const verbs = ['load', 'get', 'handle', 'render', '_parse', 'execute', 'Order.total', 'Query._compile'];
const nouns = ['row', 'request', 'invoice', 'page', 'tokens', 'template_with_all_its_includes', 'x', 'batch'];

/** A profile as of a real program: some thousands of nodes, 20 files, four threads, all states. */
export function largeProfile(nodes: number, seed = 1): Profile {
  const random = randomNumbers(seed);
  const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const frames = Array.from({ length: Math.ceil(nodes / 6) + 10 }, (): ProfileFrame => {
    const file = oneOf(files);
    const native = file.includes('.so');
    const name = native ? oneOf(['recv', 'poll', 'memcpy']) : `${oneOf(verbs)}_${oneOf(nouns)}`;
    return aProfileFrame(name, { file, native, line: native ? null : 1 + Math.floor(random() * 900) });
  });
  const table: ProfileNode[] = [];
  const children = new Set<string>();
  const depths: number[] = [];
  while (table.length < nodes) {
    // Near to the last one: stacks become some dozens deep.
    const parent =
      table.length < 4 ? -1 : Math.max(0, table.length - 1 - Math.floor(random() ** 3 * table.length));
    const frame = Math.floor(random() * frames.length);
    if (children.has(`${parent} ${frame}`) || (depths[parent] ?? 0) > 45) continue;
    children.add(`${parent} ${frame}`);
    depths.push((depths[parent] ?? 0) + 1);
    table.push({ parent, frame });
  }
  const spans: ProfileSpan[] = [];
  for (let index = 0; index < nodes * 2; index++) {
    const state: ThreadState = oneOf(['cpu', 'cpu', 'cpu', 'gil', 'idle']);
    spans.push({
      thread: index % 4,
      node: random() < 0.01 ? -1 : Math.floor(random() ** 2 * nodes),
      state,
      holdsGil: state === 'cpu' && index % 4 === 0,
      samples: 1 + Math.floor(random() ** 6 * 60),
      startMs: Math.floor(index / 4) * 10,
      endMs: Math.floor(index / 4) * 10 + 10,
    });
  }
  return {
    meta: aRecordingMeta({
      wallSeconds: nodes / 200,
      samples: nodes * 2,
      achievedHz: 99.2,
      missed: 12,
      warnings: ['The process forked twice while it was recorded; its children were not followed.'],
    }),
    frames,
    nodes: table,
    threads: ['MainThread', 'worker-1', 'worker-2', 'logger'].map((name, index) => ({
      pid: 4242,
      tid: 4242 + index,
      name,
    })),
    spans,
  };
}
