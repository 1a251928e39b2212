import { expect, test } from '@jest/globals';
import stripAnsi from 'strip-ansi';
import type { Profile } from '../../../../src/profile/profile.js';
import { renderSummary } from '../../../../src/render/profile/summary.js';
import { displayWidth } from '../../../../src/render/width.js';
import { expectGolden } from '../../../support/golden.js';
import { aProfile, aProfileFrame, hostileNames, unsafeCharacters } from '../../../support/profiles.js';

/** One thread computes, one waits for the GIL, two wait for work, of which one has no name. */
const server: Profile = aProfile(
  [
    'MainThread;cpu+gil;<module>:90;serve:40;handle:44;parse:12 300',
    'MainThread;cpu+gil;<module>:90;serve:40;handle:47;render:88 410',
    'MainThread;cpu;<module>:90;serve:40;handle:47;render:89 20',
    'MainThread;gil;<module>:90;serve:40;handle:47;render:88 70',
    'MainThread;idle;<module>:90;serve:35;poll:7 200',
    'statistics;gil;run:973;collect:5 640',
    'statistics;cpu+gil;run:973;collect:6 180',
    'statistics;idle;run:973;collect:8 180',
    'worker-1;idle;run:973;take:31 1000',
    {
      thread: null,
      state: 'idle',
      stack: [
        aProfileFrame('run', { line: 973 }),
        aProfileFrame('_Queue.get', { file: '/usr/lib/python3.11/queue.py', line: 171 }),
      ],
      samples: 700,
    },
    'native;idle 1000',
  ],
  {
    wantedHz: 100,
    achievedHz: 99.8,
    missed: 2,
    dropped: 3,
    end: 'interrupted',
    warnings: ['/srv/app/worker.py was changed after the process had been started: its lines may be wrong'],
  },
);

test.each([80, 200])('a summary at %i columns', (width) => {
  const text = renderSummary(server, { colour: false, width });
  expectGolden(text, `render/profile/summary-${width}.txt`);
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
});

test('colours change nothing but the colours', () => {
  const plain = renderSummary(server, { colour: false, width: 80 });
  const coloured = renderSummary(server, { colour: true, width: 80 });
  expect(coloured).not.toBe(plain);
  expect(stripAnsi(coloured)).toBe(plain);
});

test('nothing is cut in a pipe', () => {
  const name = 'x'.repeat(500);
  const profile = aProfile([`main;cpu;${name} 1`]);
  expect(renderSummary(profile, { colour: false, width: Infinity })).toContain(`${name} (worker.py)\n`);
  const narrow = renderSummary(profile, { colour: false, width: 80 });
  for (const line of narrow.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

test('of long lists the first 20, and how many more there are', () => {
  const lines = Array.from({ length: 1100 }, (_, index) => `t${index};cpu;f${index} ${index + 1}`);
  const text = renderSummary(aProfile(lines), { colour: false, width: 80 });
  expect(text).toContain('1,100 threads');
  expect(text.match(/… 1,080 more/g)).toHaveLength(3);
  expect(text).toContain('f1080 (worker.py)');
  expect(text).not.toContain('f1079 (worker.py)');
});

test('an empty profile', () => {
  const text = renderSummary(aProfile([]), { colour: false, width: 80 });
  expect(text).toContain('0 samples');
  expect(text).toContain('No thread was found in any sample.');
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
});

test('threads without Python frames', () => {
  const text = renderSummary(aProfile(['main;cpu 1']), { colour: false, width: 80 });
  expect(text).toContain('1 thread ');
  expect(text).not.toContain('FUNCTION');
});

test('a function that calls itself has its time once', () => {
  const profile = aProfile([
    {
      thread: 'main',
      state: 'cpu',
      stack: Array.from({ length: 5000 }, () => aProfileFrame('f')),
      samples: 7,
    },
  ]);
  expect(renderSummary(profile, { colour: false, width: 80 }).match(/ 100\.0% +70\.0 ms/g)).toHaveLength(2);
});

test.each(hostileNames)('the name %j does nothing to the terminal', (name) => {
  const frame = aProfileFrame(name, { file: `/tmp/${name}`, line: 1 });
  const profile = aProfile([{ thread: name, state: 'cpu', stack: [frame], samples: 1 }], {
    warnings: [name],
    python: { implementation: name, version: name },
  });
  const text = renderSummary(profile, { colour: false, width: 200 });
  for (const line of text.split('\n')) expect(line).not.toMatch(unsafeCharacters);
});
