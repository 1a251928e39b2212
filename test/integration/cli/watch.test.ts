import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hangReport, watchEvent, type WatchEvent } from '../../../src/model/watch.js';
import { runSleeper } from '../../support/cli.js';
import { anyPython } from '../../support/pythons.js';
import { sleepsOn } from '../../support/sleepsOn.js';
import { sleeper, startTarget, type Target } from '../../support/target.js';
import { schemaErrors } from '../../support/validate.js';

const python = anyPython();
let directory: string;
let target: Target;
let watching: ChildProcess | undefined;
let errors = '';

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sleeper-watch-'));
  target = await startTarget(python.executable, 'watched.py');
});

afterEach(() => {
  watching?.kill('SIGKILL');
  watching = undefined;
  target.kill();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a watch; gives what it prints, line by line. */
function start(args: string[], pid = target.pid): () => Promise<string> {
  const child = spawn(sleeper, ['watch', String(pid), '--hang', '300ms', ...args], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  watching = child;
  errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`sleeper has ended: ${errors}`);
    return line.value;
  };
}

function tell(command: string): void {
  target.child.stdin?.write(`${command}\n`);
}

async function exitCode(): Promise<unknown> {
  if (watching === undefined) throw new Error('no sleeper was started');
  const [code] = (await once(watching, 'exit')) as [number | null];
  return code;
}

function eventIn(line: string): WatchEvent {
  const event = watchEvent.parse(JSON.parse(line));
  expect(schemaErrors('watch', event)).toEqual([]);
  return event;
}

test('a hang is written down, a command is run, and the watch ends with the process', async () => {
  const command =
    'echo "hook for $SLEEPER_PID: $SLEEPER_VERDICT"; test -s "$SLEEPER_DUMP" -a -s "$SLEEPER_DUMP_JSON"; exit 3';
  const line = start(['--output', 'hangs', '--exec', command]);
  expect(await line()).toMatch(
    new RegExp(`^\\S+Z ${target.pid} watching thread ${target.pid}: a hang is 300 ms`),
  );
  tell('hang');
  expect(await line()).toMatch(
    /Z \d+ hangs: no progress: thread "MainThread" \(\d+\) waits in <module> .* for Lock 0x/,
  );
  const written = /^ {2}written to (hangs\/(\d+)-\d{8}T\d{6}\.\d{3}Z\.txt)$/.exec(await line()) ?? [];
  expect(written[2]).toBe(String(target.pid));
  expect(await line()).toMatch(new RegExp(`^hook for ${target.pid}: no progress: thread "MainThread"`));
  expect(await line()).toMatch(/Z \d+ The command of --exec ended with exit code 3\.$/);

  const text = join(directory, written[1] ?? '');
  expect(readFileSync(text, 'utf8')).toMatch(
    /^Process \d+ hangs, seen at .*\n\nno progress: .*\n\nProcess \d+: [^]*Thread \d+ "MainThread"[^]*words = [^]*open file descriptors/,
  );
  expect(statSync(text).mode & 0o777).toBe(0o600);
  const json: unknown = JSON.parse(readFileSync(text.replace(/txt$/, 'json'), 'utf8'));
  expect(hangReport.parse(json)).toMatchObject({ pid: target.pid, tids: [target.pid] });
  expect(schemaErrors('hang', json)).toEqual([]);
  expect(readdirSync(join(directory, 'hangs'))).toHaveLength(2);

  tell('go');
  expect(await line()).toMatch(/Z \d+ goes on$/);
  expect(await target.end()).toBe(0);
  expect(await line()).toMatch(new RegExp(`Z \\d+ Process ${target.pid} has ended\\.$`));
  expect(await exitCode()).toBe(0);
  expect(errors).toBe('');
});

test('JSON has a line for each event, and nothing else is between them', async () => {
  const line = start(['--json', '--exec', 'echo this is no JSON; kill -9 $SLEEPER_PID']);
  expect(eventIn(await line())).toMatchObject({ event: 'watching', tid: target.pid });
  tell('hang');
  const hang = eventIn(await line());
  expect(hang).toMatchObject({
    event: 'hang',
    tids: [target.pid],
    text: expect.stringMatching(/^\d+-.*\.txt$/),
  });
  expect(eventIn(await line())).toMatchObject({ event: 'ended' });
  expect(await exitCode()).toBe(0);
  expect(errors).toBe('this is no JSON\n');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends the watch, not the process', async (signal, code) => {
  const line = start(['--json']);
  await line();
  watching?.kill(signal);
  expect(await exitCode()).toBe(code);
  await sleepsOn(target.pid);
  expect(readdirSync(directory)).toEqual([]);
  expect(await target.end()).toBe(0);
});

test('what cannot be written is told, and the watch goes on', async () => {
  const line = start(['--json', '--output', 'hangs']);
  await line();
  rmSync(join(directory, 'hangs'), { recursive: true });
  for (let hang = 0; hang < 2; hang++) {
    tell('hang');
    expect(eventIn(await line())).toMatchObject({
      event: 'problem',
      message: expect.stringContaining('cannot be written: there is no such directory'),
    });
    expect(eventIn(await line())).toMatchObject({ event: 'hang', text: null, json: null });
    tell('go');
    expect(eventIn(await line())).toMatchObject({ event: 'progress' });
  }
});

test('a heartbeat that stops is a hang, whatever the threads do', async () => {
  const beat = join(directory, 'alive');
  const line = start(['--json', '--heartbeat', beat]);
  expect(eventIn(await line())).toMatchObject({ event: 'watching', tid: null });
  for (let hang = 0; hang < 2; hang++) {
    expect(eventIn(await line())).toMatchObject({
      event: 'hang',
      tids: [],
      reason: expect.stringMatching(/^no progress: the heartbeat .*alive was not touched for .*\nnot hung: /),
    });
    tell(`touch ${beat}`);
    expect(eventIn(await line())).toMatchObject({ event: 'progress' });
  }
});

test('waiting for work is a hang if that is asked for', async () => {
  const line = start(['--json', '--strict']);
  await line();
  expect(eventIn(await line())).toMatchObject({
    event: 'hang',
    reason: expect.stringMatching(/MainThread.* for an item in Queue/),
  });
});

test('another thread than the main one, by its name', async () => {
  const line = start(['--json', '--strict', '--thread', 'commander']);
  const { tid } = eventIn(await line()) as { tid: number };
  expect(tid).not.toBe(target.pid);
  expect(eventIn(await line())).toMatchObject({ event: 'hang', tids: [tid] });
  target.child.stdin?.end();
  expect(eventIn(await line())).toMatchObject({ event: 'ended' });
  expect(await exitCode()).toBe(0);
});

test('a process that a signal has stopped', async () => {
  const line = start(['--json']);
  await line();
  process.kill(target.pid, 'SIGSTOP');
  const hang = eventIn(await line());
  expect(hang).toMatchObject({ event: 'hang', reason: expect.stringContaining('is stopped') });
  const { json } = hang as { json: string };
  expect(hangReport.parse(JSON.parse(readFileSync(join(directory, json), 'utf8'))).dump).toBeNull();
  process.kill(target.pid, 'SIGCONT');
  expect(eventIn(await line())).toMatchObject({ event: 'progress' });
});

describe('what cannot be watched', () => {
  test.each([
    ['no such process', ['watch', '2147483646'], 4, /There is no process 2147483646/],
    ['two processes with one heartbeat', ['watch', '1', '2', '--heartbeat', 'x'], 2, /2 were named/],
    [
      'a heartbeat and a thread',
      ['watch', '1', '--heartbeat', 'x', '--thread', 'y'],
      2,
      /cannot be used with/,
    ],
    ['a directory that cannot be made', ['watch', '1', '-o', '/proc/x'], 1, /\/proc\/x cannot be written/],
  ])('%s', async (_what, args, code, message) => {
    expect(await runSleeper(args, { cwd: directory })).toMatchObject({
      code,
      out: '',
      err: expect.stringMatching(message),
    });
  });

  test('a thread that is not there', async () => {
    const result = await runSleeper(['watch', String(target.pid), '--thread', 'nobody'], { cwd: directory });
    expect(result).toMatchObject({ code: 1, err: expect.stringMatching(/has no thread nobody/) });
  });
});

test('several processes, until all have ended', async () => {
  const other = await startTarget(python.executable, 'watched.py');
  try {
    const line = start(['--json', String(other.pid)]);
    const watched = [eventIn(await line()), eventIn(await line())].map(({ pid }) => pid);
    expect(watched.sort()).toEqual([target.pid, other.pid].sort());
    tell('hang');
    expect(eventIn(await line())).toMatchObject({ event: 'hang', pid: target.pid });
    expect(await other.end()).toBe(0);
    expect(eventIn(await line())).toMatchObject({ event: 'ended', pid: other.pid });
    target.kill();
    expect(eventIn(await line())).toMatchObject({ event: 'ended', pid: target.pid });
    expect(await exitCode()).toBe(0);
  } finally {
    other.kill();
  }
});
