import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { runSleeper } from '../../support/cli.js';
import { expectGolden } from '../../support/golden.js';
import { hungWorker, startHungWorker } from '../../support/hungWorker.js';
import { Person } from '../../support/person.js';
import { footprint, sleeper, statusOf, type Footprint } from '../../support/target.js';
import { until } from '../../support/until.js';
import { schemaErrors } from '../../support/validate.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-repl-'));
const env = { XDG_STATE_HOME: directory };

let child: Awaited<ReturnType<typeof startHungWorker>>;
let pid: string;
let before: Footprint;
beforeAll(async () => {
  child = await startHungWorker();
  pid = String(child.pid);
  before = footprint(child.pid);
});
afterAll(() => {
  child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** Neither stopped nor traced, with no thread and no descriptor more; threads of a session end a moment later. */
async function expectUntouched(): Promise<void> {
  await until(() => /[SR]/.test(statusOf(child.pid).state) && statusOf(child.pid).tracerPid === 0);
  await until(() => footprint(child.pid).threads === before.threads);
  await until(() => footprint(child.pid).fds.length === before.fds.length);
}

/** `sleeper repl` on a terminal. */
function sit(args: readonly string[] = [], more: Record<string, string> = {}): Person {
  seated = new Person(pid, args, { ...env, ...more });
  return seated;
}
let seated: Person | undefined;
// A test that fails must not leave its session to the next one.
afterEach(() => seated?.leave());

/** What differs from run to run, made the same: ids, addresses, times, and what is outside of the demo. */
function steady(text: string): string {
  return text
    .replaceAll(hungWorker, 'hung_worker.py')
    .replaceAll(pid, 'PID')
    .replaceAll(directory, 'DIRECTORY')
    .replace(/0x[0-9a-f]+/g, '0xADDRESS')
    .replace(/Thread \d+/g, 'Thread TID')
    .replace(/ for [\d.]+ (ms|s|us|min \d+ s)/g, ' for TIME')
    .replace(/CPython [\d.]+/, 'CPython VERSION')
    .replace(/Taken \S+Z/, 'Taken TIME')
    .replace(/^Process PID: .*$/m, 'Process PID: COMMAND')
    .replace(/threading\.py:\d+/g, 'threading.py:LINE')
    .replace(/… \+\d+ characters/g, '… +N characters')
    .replace(/[^\s(]*hung_worker\.py/g, 'hung_worker.py');
}

describe('at a terminal', () => {
  test('threads, frames, variables and source: a transcript', async () => {
    const person = sit();
    await person.prompt();
    let transcript = steady(person.shown);
    // `threads` and what is below `run` depend on the version of Python: they are looked at below.
    for (const line of [
      'thread pay bob',
      'bt 1',
      'args',
      'list',
      '',
      'up',
      'down',
      'down',
      'loclas',
      'p',
      'frame 99',
    ])
      transcript += `${line}\n${steady(await person.says(line))}(sleeper PID) `;
    const threads = await person.says('threads');
    expect(threads).toMatch(/\n \* 2 {2}\d+ "pay bob" +transfer \(.*hung_worker\.py:31\) +waits for a lock/);
    expect(threads).toMatch(/\n {3}4 {2}\d+ "exchange rates" +fetch_exchange_rate/);
    expect(await person.says('locals')).toMatch(/^amount +=\s30$/m);
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
    await expectUntouched();
    expectGolden(
      transcript
        .replace(/frames 0 to \d+/, 'frames 0 to N')
        .replace(/… \d+ more frames/, '… N more frames')
        .replace(/ +$/gm, ''),
      'repl/transcript.txt',
    );
  });

  test('pause holds the process and the prompt says so; gdb looks; resume lets it go', async () => {
    const person = sit();
    await person.prompt();
    await person.says('pause', ' paused');
    expect(statusOf(child.pid).state).toBe('t');
    expect(await person.says('gdb info threads', ' paused')).toMatch(/LWP \d+/);
    expect(await person.says('gdb kill', ' paused')).toContain('gdb must not do this here');
    expect(await person.says('thread pay bob', ' paused')).toContain('transfer');
    expect(await person.says('p amount', ' paused')).toContain('30\n[not its repr(): the process is paused]');
    expect(await person.says('p amount + 1', ' paused')).toContain('is paused: no Python can run in it');
    expect(await person.says('resume')).toContain('runs on');
    await expectUntouched();
    expect(await person.says('gdb info threads')).toMatch(/LWP \d+/);
    await expectUntouched();
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
  });

  test('dump FILE writes what is looked at', async () => {
    const file = join(directory, 'dump.json');
    const person = sit();
    await person.prompt();
    expect(await person.says(`dump ${file}`)).toContain('Written to');
    expect(schemaErrors('dump', JSON.parse(readFileSync(file, 'utf8')))).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
  });

  test('what else can be asked: a transcript', async () => {
    const person = sit([], { PAGER: 'cat' });
    await person.prompt();
    await person.says('thread pay bob');
    let transcript = '';
    for (const line of [
      'frame 1',
      'frame',
      'frame 0',
      'p amount, fee',
      'pp {"a" * 50: amount, "b" * 50: [source]}',
      'p nobody',
      'whatis source',
      'whatis transfer',
      'whatis len',
      'modules sock',
      'refresh',
      'detach',
      'help watch',
    ])
      transcript += `(sleeper PID) ${line}\n${steady(await person.says(line))}`;
    // Nothing of a session is there any more, though the REPL goes on.
    await expectUntouched();
    person.type('p [source,\r');
    await person.sees('... ');
    transcript += `(sleeper PID) p [source,\n... target]\n${steady(await person.says('target]'))}`;
    person.type('!for each in (source, target):\r');
    await person.sees('... ');
    person.type('  each.seen = True\r');
    await person.sees('... ');
    person.type('\r');
    await person.sees('Go on? [y/N] ');
    await person.says('y');
    transcript += `(sleeper PID) p source.seen, target.seen\n${steady(await person.says('p source.seen, target.seen'))}`;
    await person.says('!del source.seen, target.seen');
    expectGolden(transcript, 'repl/verbs.txt');

    expect(await person.says('globals')).toMatch(/^transfer +=\s<function transfer at 0x/m);
    expect(await person.says('fds')).toMatch(/^ +3 +socket +rw,cloexec +UNIX stream CONNECTED/m);
    expect(await person.says('gc')).toMatch(/^Garbage collector: on, generation 0: /m);
    expect(await person.says('gil')).toContain('GIL: free');
    expect(await person.says('dump')).toMatch(/^Thread \d+ "exchange rates" {2}blocked in recvfrom/m);
    const verbs = await person.says('help');
    for (const verb of ['threads', 'bt [full] [N]', 'watch EXPR', 'detach', 'quit'])
      expect(verbs).toContain(verb);
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
    await expectUntouched();
  });

  test('watch goes on until Ctrl-C', async () => {
    const person = sit();
    await person.prompt();
    await person.says('thread pay bob');
    person.type('watch amount every 0.05\r');
    for (let round = 0; round < 3; round++) await person.sees(/^\d\d:\d\d:\d\d\.\d{3} {2}30$/m);
    person.type('\u0003');
    await person.prompt();
    expect(await person.says('p amount')).toContain('30\n');
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
    await expectUntouched();
  });

  test('Ctrl-C gives up a line, and the Tab key completes', async () => {
    const person = sit();
    await person.prompt();
    person.type('nonsense');
    await person.sees('nonsense');
    person.type('\u0003');
    await person.sees('^C\n');
    await person.prompt();
    person.type('thread pay b\t');
    await person.sees('pay bob');
    expect(await person.says('')).toContain('transfer');
    person.type('loc\t');
    await person.sees('locals');
    expect(await person.says('')).toMatch(/^amount +=\s30$/m);
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
  });

  test('what is longer than the screen goes through the pager', async () => {
    const person = sit([], { PAGER: 'sed "s/^/paged: /" #' });
    await person.prompt();
    expect(await person.says('gil')).not.toContain('paged: ');
    expect(await person.says('list 1, 69')).toContain('paged: ');
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
  });

  test('lines are remembered, in a file that only this user may read', async () => {
    const path = join(directory, 'sleeper', 'repl_history');
    expect(readFileSync(path, 'utf8')).toContain('thread pay bob\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const person = sit();
    await person.prompt();
    await person.says('gil');
    person.type('\u001b[A');
    await person.sees('gil');
    person.type('\r');
    await person.sees('GIL: ');
    await person.prompt();
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
  });
});

describe('expressions', () => {
  test('are evaluated in the chosen frame; statements are asked for once', async () => {
    const person = sit();
    await person.prompt();
    await person.says('thread pay bob');
    expect(await person.says('p source')).toContain("Account('alice', 120.5)");
    expect(await person.says('p amount * 2')).toContain('60\n');
    expect(await person.says('p nobody')).toContain("*** NameError: name 'nobody' is not defined");
    person.type('!source.note = 1\r');
    await person.sees('Go on? [y/N] ');
    await person.says('y');
    expect(await person.says('p source.note')).toContain('1\n');
    await person.says('!del source.note');
    person.type('p source.bal\t');
    await person.sees('source.balance');
    expect(await person.says('')).toContain('120.5');
    person.type('\u0004');
    expect(await person.exitCode).toBe(0);
    await expectUntouched();
  });

  test('Ctrl-C ends only the evaluation', async () => {
    const person = sit();
    await person.prompt();
    await person.says('p 1');
    person.type('p [i for i in iter(int, 1)]\r');
    await person.sees('\n');
    await until(() => footprint(child.pid).threads > before.threads);
    person.type('\u0003');
    expect(await person.prompt()).toMatch(/interrupted/i);
    expect(await person.says('p 2')).toContain('2\n');
    person.type('quit\r');
    expect(await person.exitCode).toBe(0);
    await expectUntouched();
  });
});

describe('without a terminal', () => {
  const repl = (args: string[], input = '') => runSleeper(['repl', pid, ...args], { input, env });

  test('commands come from a pipe', async () => {
    const { code, out, err } = await repl([], 'thread pay bob\nbt 1\n\n# a remark\np (amount\n + 1)\n');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('> #0  transfer');
    expect(out).toMatch(/^31$/m);
    expect(out).not.toContain('\u001b');
    await expectUntouched();
  });

  test('commands come from -c; a failed one does not keep the next from being done, but is told at the end', async () => {
    const { code, out, err } = await repl(['-c', 'loclas', '-c', 'gil']);
    expect(code).toBe(1);
    expect(err).toContain('sleeper: There is no verb loclas. Did you mean locals?');
    expect(out).toMatch(/^GIL: /);
  });

  test('--json gives one document for each command', async () => {
    const commands = [
      'threads',
      'thread pay bob',
      'bt',
      'locals',
      'globals',
      'list',
      'fds',
      'gil',
      'gc',
      'pause',
      'resume',
    ];
    const more = ['p amount', 'whatis amount', 'modules', 'gdb info threads', 'dump', 'nonsense'];
    const { code, out } = await repl(['--json', ...[...commands, ...more].flatMap((each) => ['-c', each])]);
    expect(code).toBe(1);
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { command: string; ok: boolean });
    expect(answers.map(({ command }) => command)).toEqual([...commands, ...more]);
    expect(answers.flatMap((answer) => schemaErrors('repl', answer))).toEqual([]);
    expect(answers.filter(({ ok }) => !ok).map(({ command }) => command)).toEqual(['nonsense']);
    await expectUntouched();
  });

  test('statements are refused, unless --yes is given', async () => {
    const refused = await repl(['-c', '!x = 1']);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('nobody could be asked');
    expect((await repl(['--yes', '-c', '!x = 1'])).code).toBe(0);
    await expectUntouched();
  });

  test('a process that is not there is an error before any command', async () => {
    const { code, err } = await runSleeper(['repl', '2147483647', '-c', 'bt'], { env });
    expect(code).toBe(4);
    expect(err).toContain('There is no process 2147483647.');
  });

  test('the end of the process is the end, with exit code 4', async () => {
    const other = await startHungWorker();
    const running = spawn(sleeper, ['repl', String(other.pid)], { env: { ...process.env, ...env } });
    const ended = once(running, 'close') as Promise<[number]>;
    let err = '';
    running.stderr.on('data', (text: Buffer) => (err += text.toString()));
    running.stdin.write('gil\n');
    await once(running.stdout, 'data');
    other.kill('SIGKILL');
    await once(other, 'exit');
    running.stdin.write('bt\n');
    expect((await ended)[0]).toBe(4);
    expect(err).toBe(`Process ${other.pid} has ended.\n`);
  });
});
