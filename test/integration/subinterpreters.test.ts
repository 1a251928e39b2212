import { afterEach, describe, expect, test } from '@jest/globals';
import { snapshot as snapshotSchema } from '../../src/model/snapshot.js';
import { runSleeper } from '../support/cli.js';
import { findPythons } from '../support/pythons.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { startTarget, type Target } from '../support/target.js';

let target: Target | undefined;
afterEach(() => target?.kill());

// Memory of one interpreter for all until 3.11; 3.12 and 3.13 abort when sys._current_frames() has been called.
const pythons = findPythons().filter(({ label }) =>
  ['pyenv-3.8.18', 'debian-3.11', 'pyenv-3.12.1', 'pyenv-3.13.0', 'trixie-3.13', 'sid-3.15'].includes(label),
);

describe.each(pythons)('$label with a second interpreter', ({ executable, short }) => {
  test('both are shown, and the process outlives what is asked of it', async () => {
    target = await startTarget(executable, 'subinterpreter.py');
    const pid = String(target.pid);
    const { out } = await runSleeper(['dump', pid, '--live', '--json']);
    const { interpreters, threads } = snapshotSchema.parse(JSON.parse(out));
    expect(interpreters.map(({ main }) => main).sort()).toEqual([false, true]);
    const { id } = interpreters.find(({ main }) => !main)!;
    const deep = threads.find(({ python }) => python?.interpreter === id)?.python?.frames[0];
    expect(deep).toMatchObject({
      function: 'deep',
      variables: expect.arrayContaining([expect.objectContaining({ name: 'secret' })]) as unknown,
    });

    const asked = await runSleeper(['repl', pid, '-c', 'thread 1', '-c', 'p 1+1']);
    if (short >= 0x030c) expect(asked.err).toContain('has several interpreters');

    await sleepsOn(target.pid);
    expect(await target.end()).toBe(0);
    expect(await target.output).toBe('fine\n');
  });
});
