import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn as spawnPty } from 'node-pty';
import stripAnsi from 'strip-ansi';
import { displayWidth } from '../../../src/render/width.js';
import { parseStat } from '../../../src/target/stat.js';
import { runSleeper } from '../../support/cli.js';
import { anyPython } from '../../support/pythons.js';
import { sleeper, startTarget } from '../../support/target.js';
import { schemaErrors } from '../../support/validate.js';
import { canMount } from '../../support/zoo.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-cli-'));
const worker = new URL('../../../demo/hung_worker.py', import.meta.url).pathname;

/** demo/hung_worker.py, hanging. */
async function startWorker() {
  const child = spawn(sleeper, ['run', 'python3', worker, '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

let child: Awaited<ReturnType<typeof startWorker>>;
let pid: string;
beforeAll(async () => {
  child = await startWorker();
  pid = String(child.pid);
});
afterAll(() => {
  child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** Neither stopped nor traced. */
function expectUntouched(): void {
  expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^TracerPid:\t0$/m);
  expect(parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).state).toMatch(/[SR]/);
}

const noProcess = '2147483647';

describe('sleeper dump', () => {
  test('shows the deadlock and the thread that waits for its peer', async () => {
    const { code, out, err } = await runSleeper(['dump', pid, '--fds']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Process ${pid}: `);
    expect(out).toMatch(/^deadlock: thread "pay bob" .* held by "pay alice" /m);
    expect(out).toMatch(/"pay bob" {2}waits for a lock \(futex\)/);
    expect(out).toMatch(/ transfer \(.*hung_worker\.py:\d+\)\n {4}> with target\.lock:\n/);
    expect(out).toMatch(/amount +=\s30\n/);
    expect(out).toMatch(/"exchange rates".*\n? *blocked in recvfrom\(fd=\d+/);
    expect(out).toContain("currency   = 'EUR'");
    expect(out).toMatch(/\d+ open file descriptors\n *FD +TYPE/);
    expectUntouched();
  });

  test('--json fits the schema, for one process and for several', async () => {
    const one = await runSleeper(['dump', pid, '--json', '--fds', '--globals']);
    expect(schemaErrors('dump', JSON.parse(one.out))).toEqual([]);
    const both = await runSleeper(['dump', pid, noProcess, '--json']);
    const parsed = JSON.parse(both.out) as [
      { process: { pid: number } },
      { pid: number; error: { code: string } },
    ];
    expect(schemaErrors('dump', parsed)).toEqual([]);
    expect(parsed[0].process.pid).toBe(Number(pid));
    expect(parsed[1]).toMatchObject({ pid: Number(noProcess), error: { code: 'no-such-process' } });
    expect(both.code).toBe(3);
  });

  test('one bad process does not spoil the others, wherever it stands', async () => {
    const { code, out, err } = await runSleeper(['dump', noProcess, pid]);
    expect(code).toBe(3);
    expect(err).toContain(`There is no process ${noProcess}.`);
    expect(out).toContain('"pay bob"');
  });

  test('--no-locals leaves the values out, --depth and --max-length cut them and say so', async () => {
    expect((await runSleeper(['dump', pid, '--no-locals'])).out).not.toContain('amount');
    const { out } = await runSleeper(['dump', pid, '--depth', '1', '--max-length', '2']);
    expect(out).toMatch(/request +=\sb'GE'\.{0,3} \[2 of 16 shown\]/);
  });

  test('--thread shows one thread, by name or id; an unknown one is an error that names those there are', async () => {
    const named = await runSleeper(['dump', pid, '--thread', 'pay alice']);
    expect(named.out).toContain('"pay alice"');
    expect(named.out).not.toContain('"pay bob"');
    expect((await runSleeper(['dump', pid, '--thread', pid])).out).toContain('"MainThread"');
    const unknown = await runSleeper(['dump', pid, '--thread', 'nobody']);
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('"exchange rates"');
  });

  test('colours come with FORCE_COLOR and go with NO_COLOR, --no-color and pipes', async () => {
    const coloured = async (env: NodeJS.ProcessEnv, ...args: string[]): Promise<boolean> =>
      (await runSleeper(['dump', pid, '--no-locals', ...args], { env })).out.includes('\u001b[');
    expect(await coloured({})).toBe(false);
    expect(await coloured({ FORCE_COLOR: '1' })).toBe(true);
    expect(await coloured({ FORCE_COLOR: '1' }, '--no-color')).toBe(false);
    expect(await coloured({ NO_COLOR: '1' })).toBe(false);
  });
});

describe('--output', () => {
  test('writes a file that only this user can read, and prints nothing', async () => {
    const file = join(directory, 'dump.json');
    const { code, out } = await runSleeper(['dump', pid, '--json', '--output', file]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(schemaErrors('dump', JSON.parse(readFileSync(file, 'utf8')))).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a failure leaves nothing behind', async () => {
    const before = readdirSync(directory);
    const file = join(directory, 'new.txt');
    expect((await runSleeper(['dump', noProcess, '--output', file])).code).toBe(4);
    expect((await runSleeper(['dump', pid, '--output', '/no/such/directory/x'])).err).toContain(
      'no such directory',
    );
    expect(readdirSync(directory)).toEqual(before);
  });

  test('a full disk is said', async () => {
    const { code, err } = await runSleeper(['dump', pid, '--output', '/dev/full']);
    expect(code).toBe(1);
    expect(err).toContain('/dev/full cannot be written: the disk is full.');
    expectUntouched();
  });
});

describe('standard output', () => {
  test.each([
    ['dump', '--no-locals'],
    ['fds', ''],
    ['why', '--json'],
  ])('a full disk is said: %s', async (command, option) => {
    const line = `"$0" ${command} ${pid} ${option} >/dev/full`;
    const { code, err } = await runSleeper(['-c', line, sleeper], { program: '/bin/sh' });
    expect([code, err]).toEqual([1, 'sleeper: The output cannot be written: the disk is full.\n']);
    expectUntouched();
  });

  (canMount() ? test : test.skip)('a disk that takes only a part of it, too', async () => {
    const script = 'mount -t tmpfs -o size=4k small "$1" && exec "$0" dump "$2" --max-length 5000 >"$1/out"';
    const command = ['--mount', 'sh', '-c', script, sleeper, directory, pid];
    const { code, err } = await runSleeper(command, { program: 'unshare' });
    expect([code, err]).toEqual([1, 'sleeper: The output cannot be written: the disk is full.\n']);
  });
});

describe('ends early', () => {
  test('when its reader goes away: quietly', async () => {
    const dump = spawn(sleeper, ['dump', pid, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    dump.stdout.destroy();
    let err = '';
    dump.stderr.on('data', (text: Buffer) => (err += text.toString()));
    const [code] = (await once(dump, 'close')) as [number];
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expectUntouched();
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('on %s while gdb is at work: the process is let go', async (signal, expected) => {
    const trace = join(directory, `trace-${signal}`);
    const dump = spawn(sleeper, ['dump', pid, '-v', '--trace-gdb', trace], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // The first thing that -v tells: gdb was started.
    await once(dump.stderr, 'data');
    dump.kill(signal);
    const [code] = (await once(dump, 'close')) as [number];
    expect(code).toBe(expected);
    expect(existsSync(trace)).toBe(true);
    expectUntouched();
  });
});

describe('wrong command lines', () => {
  test.each([
    [['dump', 'abc'], 2, '"abc" is not a process id'],
    [['dump', '0'], 2, '"0" is not a process id'],
    [['dump'], 2, 'Which process?'],
    [['dump', '1', '--depth', 'x'], 2, 'whole number'],
    [['dump', '1', '--timeout', '-3'], 2, ''],
    [['dumb'], 2, 'Did you mean dump?'],
    [['dump', '--bogus'], 2, "unknown option '--bogus'"],
    [['dump', '--bogus'], 2, 'See `sleeper dump --help`.'],
    [['--bogus'], 2, 'See `sleeper --help`.'],
    [['fds'], 2, "missing required argument 'pid'"],
    [['fds', noProcess], 4, 'There is no process'],
    [['dump', noProcess], 4, 'There is no process'],
    [['-v', 'run', 'x'], 2, '`run` comes first'],
    [[], 2, 'Usage: sleeper'],
  ])('%j', async (args, expected, message) => {
    const { code, out, err } = await runSleeper(args);
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err).toContain(message);
  });

  test('a gdb that is not there', async () => {
    const { code, err } = await runSleeper(['dump', pid, '--gdb', '/no/such/gdb']);
    expect(code).toBe(8);
    expect(err).toContain('/no/such/gdb');
  });
});

test('sleeper ps lists it, with its agent; the JSON fits the schema', async () => {
  const { code, out } = await runSleeper(['ps', '--json']);
  expect(code).toBe(0);
  const list = JSON.parse(out) as { pid: number; agent: boolean; threads: number }[];
  expect(schemaErrors('ps', list)).toEqual([]);
  expect(list).toContainEqual(expect.objectContaining({ pid: Number(pid), agent: true, threads: 4 }));
  const text = await runSleeper(['ps']);
  expect(text.out).toMatch(new RegExp(`^ *${pid} .* yes +.*hung_worker\\.py`, 'm'));
});

test('sleeper fds lists its socket pair; the JSON fits the schema', async () => {
  const { code, out } = await runSleeper(['fds', pid, '--json']);
  expect(code).toBe(0);
  const listed = JSON.parse(out) as { fds: { fd: number; kind: string }[] };
  expect(schemaErrors('fds', listed)).toEqual([]);
  // Its standard output and error may be sockets, too.
  expect(listed.fds.filter(({ fd, kind }) => fd > 2 && kind === 'socket')).toHaveLength(2);
  expect((await runSleeper(['fds', pid])).out).toMatch(/socket +rw,cloexec +UNIX stream/);
});

test.each([['dump'], ['ps'], ['fds']])('%s --help has examples and the global options', async (command) => {
  const { code, out } = await runSleeper([command, '--help']);
  expect(code).toBe(0);
  expect(out).toContain('Examples:');
  expect(out).toContain('--trace-gdb');
});

describe('on a terminal', () => {
  /** Runs sleeper on a terminal of its own and types what is asked for; all that was printed. */
  async function onTerminal(args: string[], replies: [wanted: RegExp, keys: string][]) {
    const terminal = spawnPty(sleeper, args, { cols: 80, rows: 50, name: 'xterm-256color' });
    let out = '';
    terminal.onData((text) => {
      out += text;
      const [next] = replies;
      if (next?.[0].test(stripAnsi(out)) !== true) return;
      replies.shift();
      terminal.write(next[1]);
    });
    const code = await new Promise<number>((resolve) => {
      terminal.onExit(({ exitCode }) => resolve(exitCode));
    });
    return { code, out };
  }

  test('without a process id there is a list to choose from', async () => {
    const { code, out } = await onTerminal(
      ['dump', '--no-locals'],
      [
        [/Which process\?/, pid],
        // The list has narrowed down to it.
        [new RegExp(`Which process\\? +${pid}[^]*${pid} `), '\r'],
      ],
    );
    expect(code).toBe(0);
    expect(stripAnsi(out)).toContain(`Process ${pid}: `);
    expect(out).toContain('\u001b[1m');
  });

  test('Ctrl-C in the list ends quietly', async () => {
    const { code, out } = await onTerminal(['dump'], [[/Which process\?/, '\u0003']]);
    expect(code).toBe(130);
    expect(out).not.toContain('sleeper:');
  });

  test('of several processes without the agent it is asked once', async () => {
    const started = await Promise.all(
      [1, 2].map(() => startTarget(anyPython().executable, 'hung.py', ['blocked'], { bare: true })),
    );
    try {
      const pids = started.map((each) => String(each.pid));
      // The one in between has the agent; the last one is no Python.
      const args = ['dump', pids[0]!, pid, pids[1]!, String(process.pid), '--no-locals'];
      const { code, out } = await onTerminal(args, [[/Load it\?/, 'n\r']]);
      const shown = stripAnsi(out).replace(/\s+/g, ' ');
      expect(shown).toContain(`2 processes run (${pids.join(', ')}) without sleeper's agent. Load it?`);
      expect(shown).toContain(`Process ${pid}: `);
      for (const each of pids) expect(shown).toContain(`Process ${each} was left alone`);
      expect(code).not.toBe(0);
    } finally {
      for (const each of started) each.kill();
    }
  });

  test('lines are no wider than the terminal', async () => {
    const { out } = await onTerminal(['dump', pid], []);
    for (const line of stripAnsi(out).split('\r\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });
});
