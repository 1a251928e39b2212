import { afterEach, describe, expect, test } from '@jest/globals';
import { runSleeper } from '../support/cli.js';
import { findPythons } from '../support/pythons.js';
import { footprint, startTarget, type Target } from '../support/target.js';

let target: Target | undefined;
afterEach(() => target?.kill());

const few = findPythons().filter((_, index, all) => index === 0 || index === all.length - 1);

describe.each(few)('$label has no free descriptor', ({ executable }) => {
  test.each([true, false])(
    'and is looked into, and evaluates; its limit is as before (without the agent: %p)',
    async (bare) => {
      target = await startTarget(executable, 'leaking.py', [], { bare });
      const pid = String(target.pid);
      const before = footprint(target.pid);
      const dumped = await runSleeper(['dump', pid]);
      expect(dumped).toMatchObject({ code: 0 });
      expect(dumped.out).toContain('os.read(0, 1)');
      const answer = await runSleeper(['repl', pid, '-c', 'p soft + hard']);
      expect(answer).toMatchObject({ code: 0, out: '320\n' });
      expect(footprint(target.pid)).toEqual(before);
      expect(await target.end()).toBe(0);
      expect(await target.output).toBe('0\nTrue\n');
    },
  );
});
