import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/model/snapshot.js';
import type { WhyReport } from '../../../src/model/why.js';
import { runSleeper } from '../../support/cli.js';
import { anyPython } from '../../support/pythons.js';
import { startTarget, type Target } from '../../support/target.js';

const id = process.pid.toString(16).padStart(64, 'f');
const unit = `sleeper-test-${process.pid}.service`;

/** Groups of a hierarchy that nothing is limited by, if this user may make any; the innermost one. */
function makeGroups(names: readonly string[]): string[] | null {
  const roots = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup'];
  for (const root of roots.filter((each) => existsSync(`${each}/cgroup.procs`))) {
    const made: string[] = [];
    try {
      for (const name of names) {
        const path = `${made.at(-1) ?? root}/${name}`;
        mkdirSync(path);
        made.push(path);
      }
      return made;
    } catch {
      removeGroups(made);
    }
  }
  return null;
}

function removeGroups(made: readonly string[]): void {
  for (const path of made.toReversed()) rmdirSync(path);
}

/** Null: none can be made on this machine. */
const groups = makeGroups([unit, `docker-${id}.scope`]);
if (groups === null)
  process.stderr.write('No control groups can be made here: skipped: --unit, --container\n');

let targets: Target[] = [];
afterEach(async () => {
  await Promise.all(targets.map((target) => target.end()));
  targets = [];
});

async function start(): Promise<Target> {
  const target = await startTarget(anyPython().executable, 'watched.py');
  targets.push(target);
  return target;
}

(groups === null ? describe.skip : describe)('in control groups', () => {
  const [outer = '', inner = ''] = groups ?? [];
  // After the targets have ended, whose groups they are.
  afterAll(() => removeGroups(groups ?? []));

  test('processes are found by their unit and their container', async () => {
    const [alone, contained] = [await start(), await start()];
    writeFileSync(`${outer}/cgroup.procs`, String(alone.pid));
    writeFileSync(`${inner}/cgroup.procs`, String(contained.pid));

    const ofUnit = await runSleeper(['dump', '--unit', unit.replace('.service', ''), '--json']);
    const pids = (JSON.parse(ofUnit.out) as Snapshot[]).map(({ process }) => process.pid);
    expect(pids).toEqual([alone.pid, contained.pid].sort((a, b) => a - b));

    const ofContainer = await runSleeper(['why', '--container', `docker://${id.slice(0, 62)}`, '--json']);
    expect((JSON.parse(ofContainer.out) as WhyReport[]).map(({ process }) => process.pid)).toEqual([
      contained.pid,
    ]);

    const both = ['why', '--unit', unit, '--match'];
    expect((await runSleeper([...both, 'watched.py'])).code).toBe(0);
    expect(await runSleeper([...both, 'no-such-thing'])).toMatchObject({ code: 4, out: '' });
  });
});

test.each([
  [['--unit', 'sleeper-no-such-unit'], 4, 'is in the unit sleeper-no-such-unit.service of systemd'],
  [['--container', '0123456789abcdef0123'], 4, 'with the id 0123456789abcdef0123'],
  [['--container', 'web-1'], 2, 'web-1 is no id of a container'],
])('%j', async (args, code, message) => {
  expect(await runSleeper(['why', ...args])).toMatchObject({
    code,
    out: '',
    err: expect.stringContaining(message),
  });
});
