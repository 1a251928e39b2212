import { afterEach, expect, test } from '@jest/globals';
import { runSleeper } from '../support/cli.js';
import { anyPython } from '../support/pythons.js';
import { startTarget, type Target } from '../support/target.js';

let target: Target | undefined;
afterEach(() => target?.kill());

// Between its looks the process is under load, and at its end it says whether anything was damaged or left behind.
test('sleepers that come at once wait for each other, also to load the agent', async () => {
  target = await startTarget(anyPython().executable, 'storm.py', [], { bare: true });
  const pid = String(target.pid);
  const commands = [
    ['inject', pid],
    ['dump', pid, '--json'],
    ['why', pid, '--json'],
  ];
  for (let round = 0; round < 2; round++) {
    const results = await Promise.all(commands.map((args) => runSleeper(args)));
    // On a busy machine the patience may come to an end: then one is refused by name.
    for (const { code, err } of results) if (code !== 0) expect([code, err]).toEqual([7, expect.any(String)]);
    expect(results.some(({ code }) => code === 0)).toBe(true);
  }
  expect(await target.end()).toBe(0);
  expect(await target.output).toBe('errors: 0 []\nbusy: True\n');
});
