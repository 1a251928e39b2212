import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { readReadyBlock } from '../../../src/agent/client.js';
import { recordingLayout, recordingSize } from '../../../src/agent/recording.js';
import { readRecording } from '../../../src/profile/readRecording.js';
import { findAgent } from '../../../src/target/agentLibrary.js';
import { openProcessMemory } from '../../../src/target/processMemory.js';
import { runSleeper, type CliResult } from '../../support/cli.js';
import { anyPython } from '../../support/pythons.js';
import { monotonicSeconds } from '../../support/splitReport.js';
import { sleeper, startTarget, statusOf, type Target } from '../../support/target.js';
import { until } from '../../support/until.js';

const python = anyPython();
const directory = mkdtempSync(join(tmpdir(), 'sleeper-record-'));
afterAll(() => rmSync(directory, { recursive: true }));

let target: Target | undefined;
let cli: ChildProcess | undefined;
afterEach(() => {
  cli?.kill('SIGKILL');
  target?.kill();
});

/** `sleeper record`, under way. */
interface Running {
  readonly child: ChildProcess;
  readonly path: string;
  readonly result: Promise<CliResult>;
}

let outputs = 0;

function startRecording(...args: string[]): Running {
  const base = join(directory, String(++outputs));
  const child = spawn(sleeper, ['record', '-o', `${base}.txt`, '--max-pause-share', '100', ...args], {
    env: { ...process.env, CI: 'true' },
  });
  cli = child;
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const result = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    out,
    err,
  }));
  return { child, path: `${base}.sleeper`, result };
}

/** How many samples are in the file. */
function samplesIn(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n["sample"').length - 1 : 0;
}

/** When the agent would let another one begin, by CLOCK_MONOTONIC in seconds: see abandoned_as in recording.c. */
function abandonedAt(pid: number): number {
  const memory = openProcessMemory(pid);
  try {
    const control = findAgent(pid, { memory })?.control ?? 0n;
    const { recording } = readReadyBlock({ pid, memory, control });
    const header = memory.read(recording, recordingSize);
    const field = (name: keyof typeof recordingLayout): number =>
      Number(header.readBigUInt64LE(recordingLayout[name]));
    return (field('last_ns') + 3 * field('period_ns')) / 1e9 + 1;
  } finally {
    memory.close();
  }
}

async function endsWell(of: Target): Promise<void> {
  expect(statusOf(of.pid).tracerPid).toBe(0);
  expect(await of.end()).toBe(0);
  expect(JSON.parse((await of.output).trim())).toMatchObject({ broken: [] });
}

test('Ctrl-C ends a recording in an orderly way, and shows it', async () => {
  target = await startTarget(python.executable, 'split.py');
  const { child, path, result } = startRecording('-p', String(target.pid), '-r', '50', '-f', 'folded');
  await until(() => samplesIn(path) > 20);
  child.kill('SIGINT');
  const { code, err, out } = await result;
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toContain(path);
  expect(readFileSync(path.replace(/sleeper$/, 'txt'), 'utf8')).toMatch(/^.*spin.* \d+$/m);
  expect((await readRecording(path)).meta).toMatchObject({ end: 'interrupted', samples: samplesIn(path) });
  await endsWell(target);
});

test('after --duration it ends by itself; what it says goes to stdout', async () => {
  target = await startTarget(python.executable, 'split.py');
  const before = readdirSync(directory);
  const { code, out } = await runSleeper(['record', '-p', String(target.pid), '-d', '1', '-r', '50'], {
    cwd: directory,
  });
  expect(code).toBe(0);
  expect(out).toContain('spin');
  const made = readdirSync(directory).filter((name) => !before.includes(name));
  expect(made).toEqual([expect.stringMatching(new RegExp(`^sleeper-${target.pid}-.*\\.sleeper$`))]);
  expect((await readRecording(join(directory, made[0]!))).meta.end).toBe('duration');
  await endsWell(target);
});

test('when it is killed, what was recorded can be shown, and the process can be recorded again', async () => {
  target = await startTarget(python.executable, 'split.py');
  const { pid } = target;
  for (const rate of ['40', '100']) {
    const { child, path, result } = startRecording('-p', String(pid), '-r', rate);
    await until(() => samplesIn(path) > 10);
    child.kill('SIGKILL');
    expect(await result).toMatchObject({ signal: 'SIGKILL' });
    await until(() => statusOf(pid).tracerPid === 0);
    const { code, out } = await runSleeper(['report', path]);
    expect(code).toBe(0);
    expect(out).toContain('turning-a');
    expect(out).toContain('not ended in an orderly way');
    expect((await readRecording(path)).meta.samples).toBeGreaterThan(10);
    const free = abandonedAt(pid);
    await until(() => monotonicSeconds() > free);
  }
  const again = await runSleeper(['record', '-p', String(pid), '-d', '0.5', '-r', '50'], { cwd: directory });
  expect({ code: again.code, err: again.err }).toEqual({
    code: 0,
    err: expect.stringContaining('Recorded in'),
  });
  await endsWell(target);
});

test('a program from its start to its end: its output, its input and its exit code are its own', async () => {
  const script = join(directory, 'seven.py');
  writeFileSync(
    script,
    `import sys, time
def work():
    end = time.time() + 0.7
    while time.time() < end: pass
work()
print('read ' + sys.stdin.readline().strip())
sys.exit(7)
`,
  );
  const base = join(directory, 'seven');
  const { code, out } = await runSleeper(
    ['record', '-r', '50', '-o', `${base}.folded`, '--', python.executable, script],
    { input: 'this\n' },
  );
  expect({ code, out }).toEqual({ code: 7, out: 'read this\n' });
  const profile = await readRecording(`${base}.sleeper`);
  expect(profile.meta.end).toBe('exited');
  expect(profile.frames.map((frame) => frame.function)).toContain('work');
  expect(readFileSync(`${base}.folded`, 'utf8')).toMatch(/work/);
});

test('a program has the environment that sleeper was given, with what sleeper keeps from Node', async () => {
  const certificates = join(directory, 'certificates.pem');
  const script = 'import json, os, time; time.sleep(0.5); print(json.dumps(dict(os.environ)))';
  const environmentUnder = async (...words: string[]) => {
    const { out } = await runSleeper([...words, '--', python.executable, '-c', script], {
      env: { NODE_EXTRA_CA_CERTS: certificates },
    });
    return JSON.parse(out) as Record<string, string>;
  };

  const recorded = await environmentUnder('record', '-o', join(directory, 'environment.folded'));

  expect(recorded['NODE_EXTRA_CA_CERTS']).toBe(certificates);
  // `sleeper run` has no Node in between.
  expect(recorded).toEqual(await environmentUnder('run'));
});

test('a program that is killed', async () => {
  const { code, out } = await runSleeper(
    ['record', '-r', '50', '-o', join(directory, 'killed.folded'), '--', python.executable, '-c'].concat(
      'import os, time; time.sleep(0.5); os.kill(os.getpid(), 9)',
    ),
  );
  expect({ failed: code !== 0, out }).toEqual({ failed: true, out: '' });
});

test('a program that is not there', async () => {
  const { code, err } = await runSleeper(['record', '--', './no-such-program']);
  expect(code).not.toBe(0);
  expect(err).toContain('no-such-program');
});

test('a process that is not there, or is no Python', async () => {
  expect((await runSleeper(['record', '-p', '999999999', '-d', '1'])).code).toBe(4);
  expect((await runSleeper(['record', '-p', String(process.pid), '-d', '1'])).code).toBe(5);
});
