import { describe, expect, test } from '@jest/globals';
import type { LogRecord } from '../../../src/agent/recordingLog.js';
import type { RecordingLine } from '../../../src/profile/recordingFile.js';
import {
  RecordingWriter,
  type Activity,
  type GilLocks,
  type RecordingPorts,
} from '../../../src/profile/recordingWriter.js';

const pid = 4242;

/** A writer, what it has written since it was last asked, and what its threads were doing. */
function aWriter(more: Partial<RecordingPorts> = {}): {
  writer: RecordingWriter;
  written: () => RecordingLine[];
  activities: Map<number, Activity>;
  asked: (GilLocks | null)[];
} {
  const lines: RecordingLine[] = [];
  const activities = new Map<number, Activity>();
  const asked: (GilLocks | null)[] = [];
  const writer = new RecordingWriter(pid, {
    write: (line) => lines.push(line),
    activity: (tid, gil) => {
      asked.push(gil);
      return activities.get(tid) ?? null;
    },
    native: null,
    variableNames: null,
    tid: (inner) => inner,
    ...more,
  });
  return { writer, written: () => lines.splice(0), activities, asked };
}

const code = (number: number, name: string): LogRecord => ({
  ...{ kind: 'code', number, firstLine: 1, name, file: '/app.py' },
});
const node = (number: number, parent: number, of: number, line: number | null = null): LogRecord => ({
  ...{ kind: 'node', number, parent, code: of, line, entry: true, variables: 0 },
});
const thread = (number: number, tid: number, ident = BigInt(tid)): LogRecord => ({
  ...{ kind: 'thread', number, interpreter: 0, ident, tid },
});
const sample = (
  ms: number,
  changed: [thread: number, node: number, holdsGil?: boolean][],
  gone: number[] = [],
): LogRecord => ({
  kind: 'sample',
  ns: 5_000_000_000n + BigInt(ms * 1e6),
  changed: changed.map(([number, at, holdsGil = false]) => ({ thread: number, node: at, holdsGil })),
  gone,
});

test('what is new is told first, then the sample', () => {
  const { writer, written, activities } = aWriter();
  activities.set(10, 'cpu');
  writer.add(
    [
      ...[code(2, 'main'), code(3, 'work'), node(1, 0, 2, 7), node(2, 1, 3, 9), thread(0, 10)],
      { kind: 'name', thread: 0, name: 'MainThread' },
      sample(0, [[0, 2, true]]),
    ],
    900,
  );
  expect(written()).toEqual([
    ['frame', 'main', '/app.py', 7],
    ['node', -1, 0],
    ['frame', 'work', '/app.py', 9],
    ['node', 0, 1],
    ['thread', pid, 10],
    ['name', 0, 'MainThread'],
    ['sample', 0, 900, [[0, 1, 'C']], []],
  ]);
  writer.add([sample(20.5, [])], 800);
  expect(written()).toEqual([['sample', 20.5, 800, [], []]]);
});

test('a thread that the agent does not speak of may do something else all the same', () => {
  const { writer, written, activities } = aWriter();
  activities.set(10, 'cpu');
  writer.add([code(2, 'f'), node(1, 0, 2), thread(0, 10), sample(0, [[0, 1]])], 1);
  written();
  activities.set(10, 'gil');
  writer.add([sample(1, [])], 1);
  activities.set(10, 'idle');
  writer.add([sample(2, [])], 1);
  writer.add([sample(3, [])], 1);
  expect(written()).toEqual([
    ['sample', 1, 1, [[0, 0, 'g']], []],
    ['sample', 2, 1, [[0, 0, 'i']], []],
    ['sample', 3, 1, [], []],
  ]);
});

describe('the state of a thread', () => {
  test.each<[Activity | null, boolean, string]>([
    ['cpu', false, 'c'],
    ['gil', false, 'g'],
    ['idle', false, 'i'],
    [null, false, 'i'],
    ['cpu', true, 'C'],
    ['idle', true, 'I'],
    // It got the GIL between the look at it and the stop.
    ['gil', true, 'C'],
    [null, true, 'C'],
  ])('%s, holds the GIL: %s -> %s', (activity, holdsGil, letter) => {
    const { writer, written } = aWriter({ activity: () => activity });
    writer.add([thread(0, 10), sample(0, [[0, 0, holdsGil]])], 1);
    expect(written().at(-1)).toEqual(['sample', 0, 1, [[0, -1, letter]], []]);
  });

  test('is asked for with the locks of the GIL of its interpreter, if that is known', () => {
    const { writer, asked } = aWriter();
    writer.add(
      [
        { kind: 'interpreter', id: 0, locks: 0n, bytes: 0 },
        { kind: 'interpreter', id: 1, locks: 0x1000n, bytes: 48 },
        thread(0, 10),
        { kind: 'thread', number: 1, interpreter: 1, ident: 11n, tid: 11 },
        { kind: 'thread', number: 2, interpreter: 2, ident: 12n, tid: 12 },
        sample(0, [
          [0, 0],
          [1, 0],
          [2, 0],
        ]),
      ],
      1,
    );
    expect(asked).toEqual([null, { address: 0x1000n, bytes: 48 }, null]);
  });

  test('is not asked for where the kernel id is not known', () => {
    const { writer, written, asked } = aWriter({ tid: () => null });
    writer.add([thread(0, 10), thread(1, 0, 77n), sample(0, [[0, 0], [1, 0]])], 1); // prettier-ignore
    expect(asked).toEqual([]);
    expect(written()).toEqual([
      ['thread', pid, null],
      ['thread', pid, null],
      ['sample', 0, 1, [[0, -1, 'i'], [1, -1, 'i']], []], // prettier-ignore
    ]);
  });
});

test('after the agent has forgotten its numbers, the recording still has its own', () => {
  const { writer, written } = aWriter();
  const tree = [code(2, 'main'), code(3, 'work'), node(1, 0, 2), node(2, 1, 3)];
  writer.add([...tree, thread(0, 10), thread(1, 11), sample(0, [[0, 2], [1, 1]])], 1); // prettier-ignore
  written();
  // Thread 11 has ended meanwhile; everything has another number; there is one function more.
  writer.add(
    [
      ...[{ kind: 'forget' } as const, code(2, 'work'), code(3, 'main'), code(4, 'more')],
      ...[node(1, 0, 3), node(2, 1, 2), node(3, 2, 4), thread(0, 10)],
      sample(1, [[0, 3]]),
    ],
    1,
  );
  expect(written()).toEqual([
    ['frame', 'more', '/app.py', null],
    ['node', 1, 2],
    ['sample', 1, 1, [[0, 2, 'i']], [1]],
  ]);
  // Twice in a row, and a thread that is still there is not gone.
  writer.add([{ kind: 'forget' }, { kind: 'forget' }, thread(0, 10), sample(2, [[0, 0]])], 1);
  expect(written()).toEqual([['sample', 2, 1, [[0, -1, 'i']], []]]);
});

test('a sample that was dropped after its forgetting: who was there is gone only when a sample says so', () => {
  const { writer, written } = aWriter();
  writer.add([thread(0, 10), thread(1, 11), sample(0, [[0, 0], [1, 0]])], 1); // prettier-ignore
  written();
  writer.add([{ kind: 'forget' }], 1);
  expect(written()).toEqual([]);
  writer.add([thread(0, 11), sample(5, [[0, 0]])], 1);
  expect(written()).toEqual([['sample', 5, 1, [[1, -1, 'i']], [0]]]);
});

test('a thread that has gone may come back under its number', () => {
  const { writer, written } = aWriter();
  writer.add([code(2, 'f'), node(1, 0, 2), thread(0, 10), thread(1, 11), sample(0, [[0, 1], [1, 1]])], 1); // prettier-ignore
  written();
  writer.add([sample(1, [], [1])], 1);
  writer.add([sample(2, [])], 1);
  writer.add([sample(3, [[1, 1]])], 1);
  expect(written()).toEqual([
    ['sample', 1, 1, [], [1]],
    ['sample', 2, 1, [], []],
    ['sample', 3, 1, [[1, 0, 'i']], []],
  ]);
});

test('a gone thread is told of once, also if the agent forgets right after', () => {
  const { writer, written } = aWriter();
  writer.add([thread(0, 10), thread(1, 11), sample(0, [[0, 0], [1, 0]]), sample(1, [], [1])], 1); // prettier-ignore
  written();
  writer.add([{ kind: 'forget' }, thread(0, 10), sample(2, [[0, 0]])], 1);
  expect(written()).toEqual([['sample', 2, 1, [[0, -1, 'i']], []]]);
});

test('what stands in the place of a function', () => {
  const { writer, written } = aWriter();
  writer.add([node(1, 0, 0), node(2, 1, 1), thread(0, 10), sample(0, [[0, 2]])], 1);
  expect(written().slice(0, 4)).toEqual([
    ['frame', '(more frames)', '', null],
    ['node', -1, 0],
    ['frame', '(unreadable frame)', '', null],
    ['node', 0, 1],
  ]);
});

test('a function with the same name, file and line is the same frame; at another line it is another', () => {
  const { writer, written } = aWriter();
  writer.add([code(2, 'f'), code(3, 'f'), node(1, 0, 2, 5), node(2, 0, 3, 5), node(3, 0, 3, 6)], 1);
  expect(written()).toEqual([
    ['frame', 'f', '/app.py', 5],
    ['node', -1, 0],
    ['frame', 'f', '/app.py', 6],
    ['node', -1, 1],
  ]);
});

test.each<[string, LogRecord[]]>([
  ['code object', [node(1, 0, 2)]],
  ['node', [code(2, 'f'), node(2, 1, 2)]],
  ['node', [thread(0, 10), sample(0, [[0, 1]])]],
  ['thread', [sample(0, [[0, 0]])]],
  ['thread', [sample(0, [], [0])]],
  ['thread', [{ kind: 'name', thread: 3, name: 'x' }]],
  ['code object', [code(2, 'f'), { kind: 'forget' }, node(1, 0, 2)]],
])('a %s that was not told of is an error', (what, records) => {
  expect(() => aWriter().writer.add(records, 1)).toThrow(new RegExp(`names a ${what} `));
});
