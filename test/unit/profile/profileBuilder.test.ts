import { expect, test } from '@jest/globals';
import { ProfileBuilder } from '../../../src/profile/profileBuilder.js';
import type { RecordingHead, RecordingLine, RecordingTail } from '../../../src/profile/recordingFile.js';
import { aRecordingMeta } from '../../support/profiles.js';

const { process, python, startedAt } = aRecordingMeta();
const head: RecordingHead = {
  ...{ format: 'sleeper recording', formatVersion: 1, sleeperVersion: '0.1.0' },
  ...{ process, python, startedAt, wantedHz: 10 },
};
const tail: RecordingTail = { end: 'duration', missed: 3, dropped: 1, warnings: ['odd'] };

const code: RecordingLine[] = [
  ['frame', 'main', '/app.py', 3],
  ['frame', 'work', '/app.py', 8],
  ['node', -1, 0],
  ['node', 0, 1],
  ['thread', 4242, 4242],
  ['thread', 4242, null],
];

function built(lines: readonly RecordingLine[]): ProfileBuilder {
  const builder = new ProfileBuilder();
  for (const line of lines) builder.add(line);
  return builder;
}

test('samples in a row that found a thread the same are one span', () => {
  const profile = built([
    ...code,
    ['sample', 0, 1000, [[0, 1, 'C'], [1, 0, 'i']], []], // prettier-ignore
    ['sample', 100, 2000, [], []],
    ['name', 1, 'helper'],
    ['sample', 250, 6000, [[0, 1, 'g']], []],
    ['sample', 400, 1000, [[0, -1, 'g']], [1]],
  ]).profile(head, tail);
  expect(profile.frames).toEqual([
    { function: 'main', file: '/app.py', line: 3, native: false, internal: false, variables: null },
    { function: 'work', file: '/app.py', line: 8, native: false, internal: false, variables: null },
  ]);
  expect(profile.nodes).toEqual([
    { parent: -1, frame: 0 },
    { parent: 0, frame: 1 },
  ]);
  expect(profile.threads).toEqual([
    { pid: 4242, tid: 4242, name: null },
    { pid: 4242, tid: null, name: 'helper' },
  ]);
  const period = 400 / 3;
  expect(profile.spans).toEqual([
    { thread: 0, node: 1, state: 'cpu', holdsGil: true, samples: 2, startMs: 0, endMs: 250 },
    { thread: 1, node: 0, state: 'idle', holdsGil: false, samples: 3, startMs: 0, endMs: 400 },
    { thread: 0, node: 1, state: 'gil', holdsGil: false, samples: 1, startMs: 250, endMs: 400 },
    { thread: 0, node: -1, state: 'gil', holdsGil: false, samples: 1, startMs: 400, endMs: 400 + period },
  ]);
  expect(profile.meta).toEqual({
    sleeperVersion: '0.1.0',
    ...{ process, python, startedAt, wantedHz: 10 },
    ...{ wallSeconds: 0.4, end: 'duration', samples: 4, missed: 3, dropped: 1, warnings: ['odd'] },
    achievedHz: 1000 / period,
    ...{ meanPauseUs: 2500, worstPauseUs: 6000, stoppedShare: 10 / 400 },
  });
});

test('a thread may go and come back; gone twice is gone', () => {
  const { spans } = built([
    ...code,
    ['sample', 0, 1, [[0, 0, 'c']], []],
    ['sample', 10, 1, [], [0]],
    ['sample', 20, 1, [], [0]],
    ['sample', 30, 1, [[0, 0, 'c']], []],
  ]).profile(head, tail);
  expect(spans.map(({ startMs, endMs, samples }) => [startMs, endMs, samples])).toEqual([
    [0, 10, 1],
    [30, 40, 1],
  ]);
});

test('one sample stands for a period; none for nothing', () => {
  const one = built([...code, ['sample', 0, 500, [[0, 0, 'c']], []]]).profile(head, tail);
  expect(one.spans).toMatchObject([{ samples: 1, startMs: 0, endMs: 100 }]);
  expect(one.meta).toMatchObject({
    samples: 1,
    wallSeconds: 0,
    achievedHz: 0,
    stoppedShare: 0,
    meanPauseUs: 500,
  });
  const none = built([]).profile(head, tail);
  expect(none).toMatchObject({ frames: [], nodes: [], threads: [], spans: [] });
  expect(none.meta).toMatchObject({
    samples: 0,
    wallSeconds: 0,
    achievedHz: 0,
    meanPauseUs: 0,
    worstPauseUs: 0,
  });
});

test('a recording that was not ended in an orderly way says so', () => {
  const { meta } = built([]).profile(head, null);
  expect(meta).toMatchObject({ end: null, missed: 0, dropped: 0 });
  expect(meta.warnings.join()).toContain('not ended in an orderly way');
});

test('a profile can be had in the midst, and again when there is more', () => {
  const builder = built([...code, ['sample', 0, 1, [[0, 0, 'c']], []], ['sample', 10, 1, [], []]]);
  expect(builder.profile(head, null).spans).toMatchObject([{ samples: 2, startMs: 0, endMs: 20 }]);
});

test.each<[string, RecordingLine[]]>([
  [
    'a caller that comes later',
    [
      ['frame', 'f', '', 1],
      ['node', 0, 0],
    ],
  ],
  ['a frame that is not there', [['node', -1, 0]]],
  ['a thread that is not there', [['sample', 0, 1, [[0, -1, 'c']], []]]],
  [
    'a node that is not there',
    [
      ['thread', 1, 1],
      ['sample', 0, 1, [[0, 0, 'c']], []],
    ],
  ],
  ['a name of nobody', [['name', 0, 'x']]],
  [
    'time that runs backwards',
    [
      ['sample', 5, 1, [], []],
      ['sample', 4, 1, [], []],
    ],
  ],
])('%s is an error', (_, lines) => {
  expect(() => built(lines)).toThrow(RangeError);
});
