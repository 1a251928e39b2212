import { expect, test } from '@jest/globals';
import stripAnsi from 'strip-ansi';
import { renderDiffSummary } from '../../../../src/render/diff/renderDiffSummary.js';
import { displayWidth } from '../../../../src/render/width.js';
import { expectGolden } from '../../../support/golden.js';
import { aProfile, aProfileFrame, hostileNames, unsafeCharacters } from '../../../support/profiles.js';

/** 1,000 samples, then 500. */
const before = aProfile([
  'main;cpu;run:3;parse:12;parse:14 390',
  'main;cpu;run:3;render:30 310',
  'main;idle;run:3;old:8;older:9 200',
  'main;idle;run:3;poll:4 100',
]);
const after = aProfile(
  [
    'main;cpu;run:4;parse:15;parse:17 350',
    'main;cpu;run:4;render:31 50',
    'main;idle;run:4;poll:5 50',
    'main;cpu;run:4;fresh:1 50',
  ],
  { warnings: ['/srv/app/worker.py was changed after the process had been started: its lines may be wrong'] },
);

/** The rows as [self, change, total, change, mark, function]. */
function rows(text: string): string[][] {
  const lines = text.trimEnd().split('\n');
  const title = lines.findIndex((line) => line.includes('SELF'));
  return lines.slice(title + 1).map((line) => {
    const [, self, selfChange, total, totalChange, mark, name] =
      /^ *(\S+) +(\S+) +(\S+) +(\S+) +(new|gone)? +(\S.*)$/.exec(line) ?? [];
    return [self, selfChange, total, totalChange, mark ?? '', name].map((each) => each ?? line);
  });
}

test('functions by how much their share has changed', () => {
  const text = renderDiffSummary(before, after, { colour: false, width: 80 });
  expect(rows(text)).toEqual([
    ['70.0%', '+31.0', '70.0%', '+31.0', '', 'parse (worker.py)'],
    ['10.0%', '−21.0', '10.0%', '−21.0', '', 'render (worker.py)'],
    ['0.0%', '−20.0', '0.0%', '−20.0', 'gone', 'older (worker.py)'],
    ['10.0%', '+10.0', '10.0%', '+10.0', 'new', 'fresh (worker.py)'],
    ['0.0%', '0.0', '0.0%', '−20.0', 'gone', 'old (worker.py)'],
  ]);
});

test.each([80, 200])('at %i columns', (width) => {
  const text = renderDiffSummary(before, after, { colour: false, width });
  expectGolden(text, `render/diff/summary-${width}.txt`);
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
});

test('colours change nothing but the colours', () => {
  const coloured = renderDiffSummary(before, after, { colour: true, width: 80 });
  expect(stripAnsi(coloured)).toBe(renderDiffSummary(before, after, { colour: false, width: 80 }));
  expect(coloured).toContain('\u001b[31m');
});

test('nothing has changed', () => {
  for (const profile of [before, aProfile([])]) {
    const text = renderDiffSummary(profile, profile, { colour: false, width: 80 });
    expect(text).toContain('No function has more or less of the samples than before.');
  }
});

test('of many functions the first 40, and how many more there are', () => {
  const lines = Array.from({ length: 100 }, (_, index) => `main;cpu;f${index} ${index + 10}`);
  const text = renderDiffSummary(aProfile(lines), aProfile([]), { colour: false, width: 80 });
  expect(rows(text)).toHaveLength(41);
  expect(text).toContain('… 60 more');
  expect(text).toContain('f99 (worker.py)');
});

test.each(hostileNames)('a function called %j', (name) => {
  const profile = aProfile([{ thread: name, state: 'cpu', stack: [aProfileFrame(name)], samples: 1 }]);
  const text = renderDiffSummary(profile, aProfile([]), { colour: false, width: 80 });
  expect(text.replaceAll('\n', '')).not.toMatch(unsafeCharacters);
  expect(rows(text)).toHaveLength(1);
});
