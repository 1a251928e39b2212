import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runSleeper } from '../../support/cli.js';
import { startHungWorker } from '../../support/hungWorker.js';
import { Person } from '../../support/person.js';
import { footprint, sleeper, statusOf, type Footprint } from '../../support/target.js';
import { until } from '../../support/until.js';
import { schemaErrors } from '../../support/validate.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-record-verb-'));
const temporary = join(directory, 'tmp');
mkdirSync(temporary);
const env = { XDG_STATE_HOME: directory, TMPDIR: temporary };

let child: Awaited<ReturnType<typeof startHungWorker>>;
let before: Footprint;
beforeAll(async () => {
  child = await startHungWorker();
  before = footprint(child.pid);
});
afterAll(() => {
  child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** Neither stopped nor traced, with nothing of ours in it or on the disk. */
async function expectUntouched(): Promise<void> {
  await until(() => /[SR]/.test(statusOf(child.pid).state) && statusOf(child.pid).tracerPid === 0);
  await until(() => footprint(child.pid).threads === before.threads);
  await until(() => footprint(child.pid).fds.length === before.fds.length);
  expect(readdirSync(temporary)).toEqual([]);
}

/** A recording that is under way has samples. */
function sampling(): boolean {
  return readdirSync(temporary).some((name) => statSync(join(temporary, name)).size > 1000);
}

/** `sleeper repl` that gets commands by -c. */
function start(pid: number, commands: readonly string[]) {
  const args = ['repl', String(pid), ...commands.flatMap((command) => ['-c', command])];
  const running = spawn(sleeper, args, { env: { ...process.env, ...env } });
  const said = { out: '', err: '' };
  running.stdout.on('data', (text: Buffer) => (said.out += text.toString()));
  running.stderr.on('data', (text: Buffer) => (said.err += text.toString()));
  const ended = once(running, 'close') as Promise<[number]>;
  return { running, said, ended };
}

test('at a terminal: Ctrl-C ends a recording and shows what there is; a session stays open; gdb is broken off, too', async () => {
  const person = new Person(String(child.pid), [], env);
  await person.prompt();
  expect(await person.says('p 6 * 7')).toContain('42\n');
  const { threads } = footprint(child.pid);
  expect(threads).toBeGreaterThan(before.threads);
  person.type('record 60 20\r');
  await person.sees(/Recording \d+ for [12] s: \d+ samples/);
  person.type('\u0003');
  const shown = await person.prompt();
  expect(shown).toContain('until interrupted');
  expect(shown).toMatch(/ transfer \(.*hung_worker\.py:31\)/);
  expect(footprint(child.pid).threads).toBe(threads);
  expect(await person.says('p 6 * 9')).toContain('54\n');
  expect(await person.says('record 0.3')).toMatch(/\d samples? at/);

  await person.says('pause', ' paused');
  expect(await person.says('record 0.3', ' paused')).toContain('is paused');
  const loop = join(directory, 'loop.gdb');
  writeFileSync(loop, 'while 1\nend\n');
  person.type(`gdb source ${loop}\r`);
  await person.sees('\n');
  person.type('\u0003');
  expect(await person.prompt(' paused')).toContain('Interrupted.');
  expect(statusOf(child.pid).state).toBe('t');
  person.type('gdb shell sleep 1000\r');
  await person.sees('\n');
  person.type('\u0003');
  await person.prompt(' paused');
  expect(await person.says('gdb info threads', ' paused')).toMatch(/LWP \d+/);
  await person.says('resume');
  person.type('quit\r');
  expect(await person.exitCode).toBe(0);
  await expectUntouched();
});

test('a file is written in the format of its name, and the recording is kept beside it', async () => {
  const svg = join(directory, 'app.svg');
  const commands = [
    `record 0.5 20 ${svg}`,
    'record 0.3',
    `record 1 ${directory}/app`,
    `record 1 ${directory}`,
  ];
  const { out, code } = await runSleeper(
    ['repl', String(child.pid), '--json', ...commands.flatMap((command) => ['-c', command])],
    { env },
  );
  expect(code).toBe(1);
  const answers = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(answers.flatMap((answer) => schemaErrors('repl', answer))).toEqual([]);
  const recording = join(directory, 'app.sleeper');
  expect(answers).toMatchObject([
    { ok: true, result: { kind: 'profile', file: svg, recording, profile: { meta: { end: 'duration' } } } },
    { ok: true, result: { file: null, recording: null } },
    { ok: false, error: { code: 'verb-usage', message: expect.stringContaining('means no format') } },
    { ok: false, error: { code: 'verb-usage' } },
  ]);
  expect(readFileSync(svg, 'utf8')).toContain('<svg');
  expect([svg, recording].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
  expect((await runSleeper(['report', recording], { env })).out).toContain('transfer');
  await expectUntouched();
});

test('without a terminal SIGINT ends only the recording', async () => {
  const { running, said, ended } = start(child.pid, ['record 60 20', 'p 6 * 7']);
  await until(sampling);
  running.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
  expect(said.out).toContain('until interrupted');
  expect(said.out).toMatch(/^42$/m);
  await expectUntouched();
});

test('SIGTERM ends it all, and nothing is left', async () => {
  const { running, ended } = start(child.pid, ['record 60 20']);
  await until(sampling);
  running.kill('SIGTERM');
  expect((await ended)[0]).toBe(143);
  await expectUntouched();
});

test('the process may end meanwhile: what was recorded is shown, and the REPL ends', async () => {
  const other = await startHungWorker();
  const { said, ended } = start(other.pid, ['record 60 20', 'bt']);
  await until(sampling);
  other.kill('SIGKILL');
  expect((await ended)[0]).toBe(4);
  expect(said.out).toContain('until the process exited');
  expect(said.err).toBe(`Process ${other.pid} has ended.\n`);
  expect(readdirSync(temporary)).toEqual([]);
});

test('at a terminal the end of the process is told when it happens', async () => {
  const other = await startHungWorker();
  const person = new Person(String(other.pid), [], env);
  await person.prompt();
  other.kill('SIGKILL');
  await person.sees(`\nProcess ${other.pid} has ended.\n`);
  expect(await person.exitCode).toBe(4);
});
