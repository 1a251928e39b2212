import { expect, test } from '@jest/globals';
import type { Profile } from '../../../../src/profile/profile.js';
import { renderFolded } from '../../../../src/render/profile/folded.js';
import { aProfile, aProfileFrame, hostileNames } from '../../../support/profiles.js';

const folded = (profile: Profile): string => renderFolded(profile).toString();

/** As flamegraph.pl reads a line: a second number would make it a difference of two profiles. */
function parsed(line: string): { stack: string[]; samples: number } {
  const [, stack = '', samples] = /^(.*)\s+?(\d+(?:\.\d*)?)$/.exec(line) ?? [];
  expect(stack).not.toMatch(/^(.*)\s+?(\d+(?:\.\d*)?)$/);
  return { stack: stack.split(';'), samples: Number(samples) };
}

test('folded stacks: threads and states together', () => {
  const profile = aProfile([
    'a;cpu;main:3;f:12 5',
    'b;idle;main:3;f:12 2',
    'a;cpu;main:3 1',
    'a;cpu;g 1',
    'b;gil 4',
  ]);
  expect(folded(profile).split('\n')).toEqual([
    'main (worker.py:3) 1',
    'main (worker.py:3);f (worker.py:12) 7',
    'g (worker.py) 1',
    '[no Python frame] 4',
    '',
  ]);
});

test.each(hostileNames)('a function called %j stays one frame of one line', (name) => {
  for (const file of [`/tmp/${name}`, '']) {
    const frame = aProfileFrame(name, { file, line: file === '' ? null : 1 });
    const stack = [aProfileFrame('outer'), frame];
    const lines = folded(aProfile([{ thread: 't', state: 'cpu', stack, samples: 3 }])).split('\n');
    expect(lines).toHaveLength(2);
    const { stack: frames, samples } = parsed(lines[0]!);
    expect(frames).toHaveLength(2);
    expect(frames[1]).not.toBe('');
    expect(samples).toBe(3);
  }
});

test('nothing, one sample, 5,000 frames', () => {
  expect(folded(aProfile([]))).toBe('');
  expect(folded(aProfile(['t;cpu;f 1']))).toBe('f (worker.py) 1\n');
  const stack = Array.from({ length: 5000 }, (_, line) => aProfileFrame('f', { line }));
  const { stack: frames } = parsed(
    folded(aProfile([{ thread: 't', state: 'cpu', stack, samples: 1 }])).trimEnd(),
  );
  expect(frames).toHaveLength(5000);
  expect(frames[4999]).toBe('f (worker.py:4999)');
});
