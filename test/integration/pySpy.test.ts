import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { snapshot } from '../../src/model/snapshot.js';
import { findPythons } from '../support/pythons.js';
import { sleeper, startTarget, type Target } from '../support/target.js';

/** The part of `py-spy dump --json` that is compared. */
interface PySpyThread {
  os_thread_id: number | null;
  thread_name: string | null;
  owns_gil: boolean;
  frames: { name: string; filename: string; line: number }[];
}

function findPySpy(): string | null {
  try {
    const fetch = fileURLToPath(new URL('../peers/fetch', import.meta.url));
    return execFileSync(fetch, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

const pySpy = findPySpy();
/** py-spy 0.4.2 refuses 3.15. */
const known = findPythons().filter(({ short }) => short <= 0x030e);

let target: Target | undefined;
afterEach(() => {
  target?.kill();
});

const withPySpy = pySpy === null ? describe.skip : describe;

withPySpy.each(known)('py-spy on $label', (python) => {
  test('sees the same threads, functions, files and lines', async () => {
    target = await startTarget(python.executable, 'oracle.py');
    const run = (command: string, ...args: string[]): unknown =>
      JSON.parse(execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 }));
    const theirs = run(
      pySpy ?? '',
      'dump',
      '--json',
      '--full-filenames',
      '--pid',
      String(target.pid),
    ) as PySpyThread[];
    const ours = snapshot.parse(run(sleeper, 'dump', '--json', String(target.pid)));

    const describeTheirs = theirs.map(({ os_thread_id, owns_gil, frames }) => ({
      tid: os_thread_id,
      holdsGil: owns_gil,
      // From 3.11 on py-spy names functions by co_qualname.
      frames: frames.map(
        ({ name, filename, line }) => `${filename}:${String(line)} ${name.split('.').at(-1) ?? ''}`,
      ),
    }));
    const describeOurs = ours.threads.flatMap(({ tid, python: thread }) =>
      thread === null
        ? []
        : [
            {
              tid,
              holdsGil: thread.holdsGil,
              frames: thread.frames.map((frame) =>
                'error' in frame ? frame.error : `${frame.file}:${String(frame.line)} ${frame.function}`,
              ),
            },
          ],
    );
    const inOrder = <T extends { tid: number | null }>(threads: T[]): T[] =>
      threads.toSorted((a, b) => (a.tid ?? 0) - (b.tid ?? 0));
    expect(inOrder(describeOurs)).toEqual(inOrder(describeTheirs));
  });
});
