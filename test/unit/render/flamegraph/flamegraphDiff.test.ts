import { expect, test } from '@jest/globals';
import { renderFlamegraphDiff } from '../../../../src/render/flamegraph/renderFlamegraphDiff.js';
import { aProfile, aProfileFrame, hostileNames } from '../../../support/profiles.js';
import { parseFlamegraph, stacksOf, type ParsedFlamegraph } from '../../../support/svg.js';

/** 1,000 samples, then 500: shares count, not samples. */
const before = aProfile([
  'main;cpu;run:3;parse:12 400',
  'main;cpu;run:3;render:30 300',
  'main;idle;run:3;old:8;older:9 200',
  'main;idle;run:3;poll:4 100',
]);
const after = aProfile(
  [
    'main;cpu;run:4;parse:15 350',
    'main;cpu;run:4;render:31 50',
    'main;idle;run:4;poll:5 50',
    'main;cpu;fresh:1 50',
  ],
  { warnings: ['The second one'] },
);

/** The boxes of the graph itself, and of what has gone. */
function trees(parsed: ParsedFlamegraph): ParsedFlamegraph['boxes'][] {
  const second = parsed.boxes.findLast(({ tooltip }) => tooltip[0] === 'all')!.node;
  if (second === 0) return [[...parsed.boxes]];
  return [
    parsed.boxes.filter(({ node }) => node < second),
    parsed.boxes.filter(({ node }) => node >= second),
  ];
}

const redness = (fill: string): number => parseInt(fill.slice(1, 3), 16) - parseInt(fill.slice(5, 7), 16);

test('as wide as after, coloured by the change of the share', () => {
  const parsed = parseFlamegraph(renderFlamegraphDiff(before, after));
  const stacks = stacksOf({ boxes: trees(parsed)[0]! });
  expect([...stacks.keys()].sort()).toEqual([
    'all',
    'all;fresh',
    'all;run',
    'all;run;parse',
    'all;run;poll',
    'all;run;render',
  ]);
  expect(stacks.get('all;run;parse')!.width).toBeCloseTo(0.7 * 1176 - 1, 1);
  expect(stacks.get('all;run;parse')!.tooltip).toEqual([
    'parse',
    'worker.py',
    'before: 40.0%, 400 samples',
    'after: 70.0%, 350 samples',
    '+30.00 percentage points',
  ]);
  expect(stacks.get('all;run;render')!.tooltip.at(-1)).toBe('−20.00 percentage points');
  expect(stacks.get('all;fresh')!.tooltip.at(-1)).toBe('+10.00 percentage points, new');
  expect(redness(stacks.get('all;run;parse')!.fill)).toBeGreaterThan(60);
  expect(redness(stacks.get('all;fresh')!.fill)).toBeGreaterThan(60);
  expect(redness(stacks.get('all;run;render')!.fill)).toBeLessThan(-60);
  expect(Math.abs(redness(stacks.get('all;run;poll')!.fill))).toBeLessThan(20);
});

test('what has gone is shown to the same scale', () => {
  const parsed = parseFlamegraph(renderFlamegraphDiff(before, after));
  expect(parsed.notes).toHaveLength(1);
  expect(parsed.notes[0]).toMatch(/^Gone: 20\.0% of the samples before/);
  const gone = stacksOf({ boxes: trees(parsed)[1]! });
  expect([...gone.keys()].sort()).toEqual(['all', 'all;run', 'all;run;old', 'all;run;old;older']);
  for (const { width } of gone.values()) expect(width).toBeCloseTo(0.2 * 1176 - 1, 1);
  expect(gone.get('all;run;old;older')!.tooltip.slice(2)).toEqual([
    'before: 20.0%, 200 samples',
    'after: 0.0%, 0 samples',
    '−20.00 percentage points, gone',
  ]);
  expect(redness(gone.get('all;run;old')!.fill)).toBeLessThan(-60);
  expect(Math.abs(redness(gone.get('all;run')!.fill))).toBeLessThan(20);
});

test('a recording has not changed from itself', () => {
  const parsed = parseFlamegraph(renderFlamegraphDiff(before, before));
  expect(parsed.notes).toEqual([]);
  expect(parsed.boxes).toHaveLength(7);
  for (const { tooltip, fill } of parsed.boxes) {
    expect(tooltip.at(-1)).toBe('+0.00 percentage points');
    expect(Math.abs(redness(fill))).toBeLessThan(45);
  }
});

test('another release in another place, on another Python, is still the same program', () => {
  const stack = (app: string, lib: string) => [
    aProfileFrame('run', { file: `${app}/worker.py` }),
    aProfileFrame('wait', { file: `${lib}/threading.py`, line: 3 }),
  ];
  const profile = (app: string, lib: string) => {
    const made = aProfile([{ thread: 'main', state: 'cpu', stack: stack(app, lib), samples: 5 }]);
    made.meta.process.workingDirectory = app;
    return made;
  };
  const parsed = parseFlamegraph(
    renderFlamegraphDiff(profile('/srv/v1', '/usr/lib/python3.9'), profile('/srv/v2', '/opt/lib/python3.13')),
  );
  expect([...stacksOf(parsed).keys()]).toEqual(['all', 'all;run', 'all;run;wait']);
});

test('how both were recorded', () => {
  const { header } = parseFlamegraph(renderFlamegraphDiff(before, after));
  const text = header.join('\n');
  expect(text).toContain('Before: Process 4242: python3 worker.py --port 8000');
  expect(text).toContain('1,000 samples');
  expect(text).toContain('After: Process 4242');
  expect(text).toContain('500 samples');
  expect(header.at(-1)).toBe('⚠ After: The second one');
});

test('nothing on one side, or on both', () => {
  const empty = aProfile([]);
  const appeared = parseFlamegraph(renderFlamegraphDiff(empty, after));
  expect(appeared.header.at(-1)).toBe('⚠ There is no sample before.');
  expect(appeared.boxes).toHaveLength(6);
  const vanished = parseFlamegraph(renderFlamegraphDiff(before, empty));
  expect(vanished.notes[0]).toMatch(/^Gone: 100\.0%/);
  const neither = parseFlamegraph(renderFlamegraphDiff(empty, empty));
  expect(neither.boxes).toHaveLength(1);
  const shown = [appeared, vanished, neither].map(({ header, boxes }) => [header, boxes]);
  expect(JSON.stringify(shown)).not.toMatch(/NaN|Infinity|undefined/);
});

test.each(hostileNames)('a function called %j', (name) => {
  const profile = aProfile([{ thread: 't', state: 'cpu', stack: [aProfileFrame(name)], samples: 1 }]);
  expect(parseFlamegraph(renderFlamegraphDiff(profile, aProfile([]))).boxes).toHaveLength(3);
});
