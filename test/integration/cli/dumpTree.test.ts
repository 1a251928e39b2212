import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { spawn as spawnPty } from 'node-pty';
import stripAnsi from 'strip-ansi';
import type { ProcessFailure } from '../../../src/model/failure.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { runSleeper } from '../../support/cli.js';
import { anyPython, findPythons } from '../../support/pythons.js';
import { sleepsOn } from '../../support/sleepsOn.js';
import { sleeper, startTarget, statusOf, type Target } from '../../support/target.js';
import { schemaErrors } from '../../support/validate.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-tree-'));
afterAll(() => rmSync(directory, { recursive: true }));

let target: Target;
/** The children that the target tells of, in their order: ["worker", 4102]. */
let children: [role: string, pid: number][] = [];
afterEach(() => {
  target.kill();
  for (const [, pid] of children) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, as it should have.
    }
  }
  children = [];
});

async function start(...[executable, script, args, options]: Parameters<typeof startTarget>): Promise<void> {
  target = await startTarget(executable, script, args, options);
  const words = target.ready.split(' ');
  children = words.flatMap((word, index) => (index % 2 === 0 ? [[word, Number(words[index + 1])]] : []));
}

function pidsOf(role: string): number[] {
  return children.filter(([each]) => each === role).map(([, pid]) => pid);
}

async function dumpJson(
  ...args: string[]
): Promise<{ code: number | null; list: (Snapshot | ProcessFailure)[] }> {
  const { code, out } = await runSleeper(['dump', ...args, '--json']);
  const list = JSON.parse(out) as (Snapshot | ProcessFailure)[];
  expect(schemaErrors('dump', list)).toEqual([]);
  return { code, list };
}

/** The functions of all threads of a process, or the code of the error in its place. */
function contentOf(list: readonly (Snapshot | ProcessFailure)[], pid: number): string {
  const found = list.find((each) => ('error' in each ? each.pid : each.process.pid) === pid);
  if (found === undefined) return 'nothing';
  if ('error' in found) return found.error.code;
  const frames = found.threads.flatMap(({ python }) => python?.frames ?? []);
  return frames.map((frame) => ('error' in frame ? frame.error : frame.function)).join(' ');
}

const pythons = findPythons();
const pools = [
  ...pythons.map((python) => ['multiprocessing', python.label, python.executable] as const),
  ...pythons
    .filter(({ short }) => short >= 0x0307)
    .map((python) => ['futures', python.label, python.executable] as const),
];

test.each(pools)('a pool of %s on %s', async (kind, _label, executable) => {
  await start(executable, 'pool.py', [kind]);
  const { code, list } = await dumpJson('--tree', String(target.pid));
  expect(code).toBe(0);
  expect(list).toHaveLength(5);
  for (const pid of pidsOf('work')) expect(contentOf(list, pid)).toMatch(/^stand_still work call /);
  for (const pid of pidsOf('help')) expect(contentOf(list, pid)).toMatch(/^stand_still cry_for_help call /);
  expect(contentOf(list, target.pid)).toContain('run <module>');

  const alike = pidsOf('work').sort((a, b) => a - b);
  const { out } = await runSleeper(['dump', '-s', String(target.pid), '--no-locals']);
  expect(out).toContain(
    `\n── 3 of 4 processes below ${target.pid} have the same stacks: ${alike.join(', ')}\n`,
  );
  expect(out).toContain(`\n── ${pidsOf('help')[0] ?? 0} below ${target.pid}\n`);
  expect(out).toContain(`\n── ${target.pid}\n`);
  expect(out.match(/^Process \d+: /gm)).toHaveLength(3);

  for (const [, pid] of children) expect(statusOf(pid).tracerPid).toBe(0);
  expect(await target.end()).toBe(0);
  expect(await target.output).toBe('4\n');
});

describe('children of all kinds', () => {
  const python = anyPython().executable;

  test('one that cannot be described has its reason, and spoils nothing', async () => {
    await start(python, 'fleet.py', ['kinds']);
    const expected: Record<string, string> = {
      ...{ worker: 'worker', straggler: 'straggler', nothing: 'zombie' },
      ...{ stopped: 'stopped', traced: 'already-traced', cat: 'not-python' },
    };
    const { code, list } = await dumpJson('--tree', String(target.pid));
    expect(code).toBe(0);
    expect(list).toHaveLength(children.length + 1);
    for (const [kind, pid] of children) {
      expect([kind, contentOf(list, pid).split(' ')[0]]).toEqual([kind, expected[kind]]);
    }
    const [cat = 0] = pidsOf('cat');
    expect(list.find((each) => 'error' in each && each.pid === cat)).toMatchObject({
      ...{ parentPid: target.pid, command: 'cat', argv: ['cat'] },
    });

    const { out, err } = await runSleeper(['dump', '--tree', String(target.pid), '--no-locals']);
    expect(err).toBe('');
    const lines = out.split('\n');
    expect(lines[0]).toMatch(new RegExp(`^${target.pid} python.* {2}blocked in read\\(fd=0`));
    const lineOf = (kind: string): string =>
      lines.find((line) => line.startsWith(`  ${pidsOf(kind)[0] ?? 0} `)) ?? '';
    expect(lineOf('cat')).toMatch(/ cat {2}not Python$/);
    expect(lineOf('nothing')).toMatch(/ \[python[\d.]*\] {2}Process /);
    expect(lineOf('nothing')).toContain('(a zombie)');
    expect(lineOf('stopped')).toContain('is stopped (job control');
    expect(lineOf('traced')).toContain(`is being traced by process ${target.pid} `);
    expect(lineOf('straggler')).toMatch(/blocked in read\(fd=\d+.*in straggler \(fleet\.py:\d+\)$/);
    expect(out).toContain(`\n── 2 of 3 processes below ${target.pid} have the same stacks: `);

    expect(statusOf(pidsOf('stopped')[0] ?? 0)).toEqual({ state: 'T', tracerPid: 0 });
    for (const pid of [target.pid, ...pidsOf('worker')]) await sleepsOn(pid);
    expect(await target.end()).toBe(0);
  });

  test('the exit code is 0 if one was described, else that of the first', async () => {
    await start(python, 'fleet.py', ['kinds']);
    const [cat = 0] = pidsOf('cat');
    const [worker = 0] = pidsOf('worker');
    const alone = await runSleeper(['dump', '--tree', String(cat)]);
    expect(alone.code).toBe(5);
    expect(alone.err).toContain('is not Python');
    expect((await dumpJson('--tree', String(cat), String(worker))).code).toBe(0);
    const gone = await dumpJson('--tree', '2147483647', String(cat));
    expect(gone.code).toBe(5);
    expect(gone.list).toMatchObject([{ pid: cat }, { pid: 2147483647, error: { code: 'no-such-process' } }]);
  });

  test('--live asks each process', async () => {
    await start(python, 'fleet.py', ['kinds']);
    const { code, list } = await dumpJson('--tree', String(target.pid), '--live');
    expect(code).toBe(0);
    for (const pid of [...pidsOf('worker'), ...pidsOf('straggler')]) {
      const found = list.find((each) => 'process' in each && each.process.pid === pid);
      expect(JSON.stringify(found)).toContain('"how":"repr"');
    }
  });

  test('sleeper itself is not among them', async () => {
    await start(python, 'pool.py', ['multiprocessing']);
    const { list } = await dumpJson('--tree', String(process.pid));
    expect(contentOf(list, target.pid)).toContain('run <module>');
    expect(list.flatMap((each) => ('error' in each ? (each.argv ?? []) : []))).not.toContain('--tree');
  });

  test('Ctrl-C lets go of all', async () => {
    await start(python, 'fleet.py', ['kinds']);
    const trace = join(directory, 'trace');
    const dump = spawn(sleeper, ['dump', '--tree', String(target.pid), '--trace-gdb', trace, '-v'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // The first thing that -v tells: a gdb was started.
    await once(dump.stderr, 'data');
    dump.kill('SIGINT');
    expect((await once(dump, 'close'))[0]).toBe(130);
    for (const pid of [target.pid, ...pidsOf('worker'), ...pidsOf('straggler')]) await sleepsOn(pid);
  });

  test('children that end meanwhile are told as ended, and nothing else goes wrong', async () => {
    await start(python, 'fleet.py', ['churn']);
    for (let i = 0; i < 5; i++) {
      const { code, list } = await dumpJson('--tree', String(target.pid));
      expect(code).toBe(0);
      expect(contentOf(list, target.pid)).toContain('churn');
      const codes = list.flatMap((each) => ('error' in each ? [each.error.code] : []));
      expect(codes.filter((each) => !['no-such-process', 'zombie'].includes(each))).toEqual([]);
    }
    expect(await target.end()).toBe(0);
  });
});

describe('without the agent', () => {
  const python = anyPython().executable;

  test('--no-inject leaves all alone; else it is said once that it is loaded into all', async () => {
    await start(python, 'pool.py', ['multiprocessing'], { bare: true });
    const refused = await runSleeper(['dump', '--tree', String(target.pid), '--no-inject']);
    expect(refused.code).toBe(9);
    expect(refused.out.match(/was started without sleeper's agent/g)).toHaveLength(5);
    const { code, out, err } = await runSleeper(['dump', '--tree', String(target.pid), '--no-locals']);
    expect(code).toBe(0);
    const pids = [target.pid, ...children.map(([, pid]) => pid).sort((a, b) => a - b)].join(', ');
    expect(err).toBe(
      `5 processes run (${pids}) without sleeper's agent: loading it. It stays there, asleep.\n`,
    );
    expect(out).toContain('── 3 of 4 processes below');
    expect(await target.end()).toBe(0);
    expect(await target.output).toBe('4\n');
  });

  test('on a terminal it is asked once for all', async () => {
    await start(python, 'pool.py', ['multiprocessing'], { bare: true });
    const terminal = spawnPty(sleeper, ['dump', '--tree', String(target.pid)], { cols: 100, rows: 50 });
    let out = '';
    terminal.onData((text) => {
      const asked = out.includes('Load it?');
      out += text;
      if (!asked && out.includes('Load it?')) terminal.write('n\r');
    });
    const code = await new Promise<number>((resolve) => {
      terminal.onExit(({ exitCode }) => resolve(exitCode));
    });
    expect(code).toBe(9);
    expect(
      stripAnsi(out)
        .replace(/\s+/g, ' ')
        .match(/was left alone/g)?.length,
    ).toBeGreaterThanOrEqual(5);
    for (const pid of [target.pid, ...children.map(([, pid]) => pid)])
      expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).not.toContain('libsleeper');
  });
});

describe('--match', () => {
  test('finds processes by their command line', async () => {
    await start(anyPython().executable, 'pool.py', ['multiprocessing']);
    const mark = `--mark-${target.pid}`;
    const marked = await startTarget(anyPython().executable, 'fleet.py', ['kinds', mark]);
    try {
      const { code, list } = await dumpJson('--match', `fleet.*kinds ${mark}$`);
      expect(code).toBe(0);
      const pids = list.map((each) => ('error' in each ? each.pid : each.process.pid));
      const forked = marked.ready.split(' ').map(Number).filter(Number.isInteger);
      expect(pids).toContain(marked.pid);
      // Another program and a zombie have no such command line.
      expect(pids.filter((pid) => pid !== marked.pid && !forked.includes(pid))).toEqual([]);
      expect(pids).toHaveLength(6);
      const tree = await dumpJson('--tree', '--match', mark);
      expect(tree.list).toHaveLength(8);
    } finally {
      await marked.end();
    }
  });

  test.each([
    [['--match', 'no-such-thing-[x]'], 4, 'matches no-such-thing-[x]'],
    [['--match', '('], 2, 'Invalid regular expression'],
    // Its own command line has it, too.
    [['--match', 'sleeper.*--match'], 4, 'No Python process'],
  ])('%j', async (args, expected, message) => {
    await start(anyPython().executable, 'fleet.py', ['churn']);
    const { code, out, err } = await runSleeper(['dump', ...args]);
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err).toContain(message);
  });
});
