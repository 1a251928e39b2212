import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Person } from '../../support/person.js';
import { findPythons } from '../../support/pythons.js';
import { startTarget, type Target } from '../../support/target.js';
import { until } from '../../support/until.js';

let directory: string;
let target: Target | undefined;
let person: Person | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sleeper-calls-'));
});
afterEach(async () => {
  await person?.leave();
  target?.kill();
  rmSync(directory, { recursive: true });
});

const pythons = findPythons();
test.each([...pythons.slice(0, 1), ...pythons.slice(-1)])(
  'a later call of the same function, from another line, is not taken for the one that was shown, on $label',
  async ({ executable }) => {
    const second = join(directory, 'second');
    target = await startTarget(executable, 'calls.py', [second]);
    person = new Person(String(target.pid), ['--yes'], { XDG_STATE_HOME: directory });
    await person.prompt();
    expect(await person.says('frame 0')).toContain('work (');
    expect(await person.says('p number')).toContain('1\n');
    target.child.stdin!.write('\n');
    await until(() => existsSync(second));
    expect(await person.says('p number')).toContain(
      'that call of work() has returned: main() is at line 16 now, not 15',
    );
    await person.says('refresh');
    expect(await person.says('p number')).toContain('2\n');
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
    expect(await target.end()).toBe(0);
  },
);
