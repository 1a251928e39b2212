import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/errors.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { runSleeper } from '../support/cli.js';
import { anyPython } from '../support/pythons.js';
import { startTarget, statusOf, type Target } from '../support/target.js';

const hierarchies = [
  {
    root: '/sys/fs/cgroup/memory',
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    none: '-1',
  },
  { root: '/sys/fs/cgroup', limit: 'memory.max', usage: 'memory.current', none: 'max' },
];

/** A control group with a controller of memory, if this user may make one. */
function makeGroup(): { path: string; limit: string; usage: string; none: string } | null {
  for (const { root, limit, usage, none } of hierarchies) {
    const path = `${root}/sleeper-test-${process.pid}`;
    try {
      mkdirSync(path);
    } catch {
      continue;
    }
    if (existsSync(`${path}/${limit}`))
      return { path, limit: `${path}/${limit}`, usage: `${path}/${usage}`, none };
    rmdirSync(path);
  }
  return null;
}

const group = makeGroup();
if (group === null)
  process.stderr.write('No control group of memory can be made here: skipped: the limit of memory\n');

let target: Target | undefined;
afterEach(() => target?.kill());
const directory = mkdtempSync(join(tmpdir(), 'sleeper-limits-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
  if (group !== null) rmdirSync(group.path);
});

const MiB = 1024 ** 2;

(group === null ? test.skip : test)('a process that is near its limit of memory is left alone', async () => {
  if (group === null) return;
  target = await startTarget(anyPython().executable, 'hung.py', ['sleep'], { bare: true });
  const pid = String(target.pid);
  writeFileSync(`${group.path}/cgroup.procs`, pid);
  writeFileSync(group.limit, String(Number(readFileSync(group.usage, 'utf8')) + MiB / 2));
  for (const args of [
    ['dump', pid],
    ['inject', pid],
    ['why', pid],
    ['repl', pid, '-c', 'p 1'],
    ['record', '-p', pid, '-d', '1'],
  ]) {
    const { code, err } = await runSleeper(args);
    expect({ args, code, err }).toMatchObject({ args, code: exitCodes.badState });
    expect(err).toContain('the kernel would kill it');
  }
  expect((await runSleeper(['doctor', pid])).out).toContain('the kernel would kill it');
  expect((await runSleeper(['fds', pid])).code).toBe(exitCodes.ok);
  expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).not.toContain('libsleeper');
  expect(statusOf(target.pid)).toMatchObject({ tracerPid: 0 });

  writeFileSync(group.limit, group.none);
  expect((await runSleeper(['dump', pid])).code).toBe(exitCodes.ok);
  target.kill();
  await target.output;
});

(group === null ? test.skip : test)(
  'an answer takes half of what is left, and says what it lacks',
  async () => {
    if (group === null) return;
    target = await startTarget(anyPython().executable, 'wide.py');
    const pid = String(target.pid);
    const dump = async (): Promise<Snapshot> =>
      JSON.parse((await runSleeper(['dump', '--json', '--max-length', '100000', pid])).out) as Snapshot;
    writeFileSync(`${group.path}/cgroup.procs`, pid);
    writeFileSync(group.limit, String(Number(readFileSync(group.usage, 'utf8')) + 6 * MiB));

    const { limits, threads } = await dump();
    expect(limits.answer).toBeGreaterThan(2 * MiB);
    expect(limits.answer).toBeLessThanOrEqual(3 * MiB);
    const frames = threads[0]?.python?.frames ?? [];
    const cut = frames.filter((frame) => 'variables' in frame && frame.variablesTruncated !== undefined);
    expect([frames.length, cut.length > 30]).toEqual([42, true]);
    expect(await target.end()).toBe(0);
  },
);

(group === null ? test.skip : test)('a recording takes half of what is left, and says so', async () => {
  if (group === null) return;
  target = await startTarget(anyPython().executable, 'hung.py', ['sleep']);
  writeFileSync(`${group.path}/cgroup.procs`, String(target.pid));
  writeFileSync(group.limit, String(Number(readFileSync(group.usage, 'utf8')) + 8 * MiB));
  const record = ['record', '-p', String(target.pid), '-d', '1', '--buffer', '16', '-f', 'json'];
  const { code, out } = await runSleeper(record, { cwd: directory });
  expect(code).toBe(exitCodes.ok);
  const { meta } = JSON.parse(out) as { meta: { warnings: string[] } };
  expect(meta.warnings).toContainEqual(
    expect.stringMatching(
      /had [34](\.\d)? of 16 MiB .* half of what the memory limit of its control group left/,
    ),
  );
  target.kill();
  await target.output;
});
