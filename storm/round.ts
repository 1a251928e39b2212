import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawn as spawnPty } from 'node-pty';
import { readControlBlock } from '../src/agent/controlBlock.js';
import { findAgent } from '../src/target/agentLibrary.js';
import { openProcessMemory } from '../src/target/processMemory.js';
import type { Python } from '../test/support/pythons.js';
import { statusOf } from '../test/support/target.js';
import { until } from '../test/support/until.js';
import { happen, someMischief, type Mischief } from './mischief.js';
import { recordingFile, somePoke } from './pokes.js';
import { Random } from './random.js';
import { windsOf } from './winds.js';

const sleeper = fileURLToPath(new URL('../bin/sleeper', import.meta.url));
const weather = fileURLToPath(new URL('weather.py', import.meta.url));

/** How a process fared. */
export interface Round {
  readonly python: string;
  readonly seed: number;
  readonly winds: readonly string[];
  /** Calls of its agent: dumps, samples. */
  pokes: number;
  commands: number;
  /** Of those: what happened to them. */
  mischiefs: Mischief[];
  /** Commands to which nothing happened, and that failed. */
  refused: string[];
  /** How it was lost; empty if it was not. */
  lost: string[];
  /** It was stopped or traced when the command was over. */
  stuck: string[];
  /** Children that gdb, killed, took with it: the one loss that is known and not sleeper's to prevent. */
  trapped: number;
  worstPauseUs: number;
}

const commandsOfARound = 12;
/** A command that takes longer hangs, whatever happened to it. */
const patienceMs = 60_000;

/** One process, to which commands come at random until it is asked whether it is well. What is kept of it is in the directory. */
export async function round(python: Python, seed: number, directory: string): Promise<Round> {
  mkdirSync(directory, { recursive: true });
  const random = new Random(seed);
  const winds = random.some(windsOf(python), 5);
  const result: Round = {
    ...{ python: python.label, seed, winds, pokes: 0, commands: 0, mischiefs: [], refused: [] },
    ...{ lost: [], stuck: [], trapped: 0, worstPauseUs: 0 },
  };
  // Some end by themselves, while they are looked into.
  const seconds = random.chance(0.25) ? random.between(0.5, 6) : null;
  const args = ['-B', weather, winds.join(','), ...(seconds === null ? [] : [String(seconds)])];
  const preloaded = random.chance(0.5);
  const stderr = openSync(`${directory}/stderr`, 'w');
  const child = preloaded
    ? spawn(sleeper, ['run', '--', python.executable, ...args], { stdio: ['pipe', 'pipe', stderr] })
    : spawn(python.executable, args, { stdio: ['pipe', 'pipe', stderr] });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  let output = '';
  child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
  const load = random.chance(0.3) ? [1, 2].map(() => spawn(process.execPath, ['-e', 'for (;;);'])) : [];
  try {
    const pid = child.pid ?? 0;
    await until(() => output.startsWith('ready') || !running(child), patienceMs).catch(() => {
      result.lost.push('does not start');
      explain(pid, directory);
    });
    if (result.lost.length > 0) return result;
    for (let i = 0; i < commandsOfARound && running(child); i++) {
      await command(pid, random, directory, result, () => running(child));
      if (result.stuck.length > 0) break;
      result.pokes = Math.max(result.pokes, callsOf(pid));
    }
    child.stdin?.end();
    await until(() => !running(child), patienceMs).catch(() => {
      result.lost.push('does not end');
      explain(pid, directory);
    });
    if (running(child)) return result;
    judge(output, await exited, result);
    return result;
  } finally {
    for (const burner of load) burner.kill('SIGKILL');
    child.kill('SIGKILL');
    if (result.lost.length + result.stuck.length === 0) rmSync(directory, { recursive: true });
  }
}

/** What a process that does not end waits for. */
function explain(pid: number, directory: string): void {
  const { stdout, stderr } = spawnSync(sleeper, ['why', '--tree', String(pid)], { encoding: 'utf8' });
  const threads = readdirSync(`/proc/${pid}/task`).map((tid) => {
    const task = `/proc/${pid}/task/${tid}`;
    return ['stat', 'syscall', 'stack'].map((name) => readFileSync(`${task}/${name}`, 'utf8')).join('');
  });
  writeFileSync(`${directory}/why`, [stdout, stderr, ...threads].join('\n'));
}

const running = (child: { exitCode: number | null; signalCode: string | null }): boolean =>
  child.exitCode === null && child.signalCode === null;

async function command(
  pid: number,
  random: Random,
  directory: string,
  result: Round,
  alive: () => boolean,
): Promise<void> {
  const poke = somePoke(random);
  const mischief = someMischief(random);
  rmSync(recordingFile(directory), { force: true });
  const terminal = spawnPty(sleeper, poke.args(pid, directory), { cols: 100, rows: 30, cwd: directory });
  let shown = '';
  terminal.onData((text) => (shown += text));
  const exit: { code: number | null } = { code: null };
  const ended = new Promise<void>((resolve) => {
    terminal.onExit(({ exitCode }) => {
      exit.code = exitCode;
      resolve();
    });
  });
  await happen(mischief, terminal, random, ended);
  const what = `${poke.name}, ${mischief}`;
  await until(() => exit.code !== null, patienceMs).catch(() => {
    result.stuck.push(`${what}: sleeper does not end`);
    terminal.kill('SIGKILL');
  });
  result.commands++;
  if (mischief !== 'none') result.mischiefs.push(mischief);
  else if (exit.code !== 0 && alive())
    result.refused.push(`${poke.name}: ${shown.trim().split('\n').at(-1) ?? ''}`);
  await until(() => !alive() || !held(pid), 20_000).catch(() => result.stuck.push(what));
  result.worstPauseUs = Math.max(result.worstPauseUs, worstPauseIn(recordingFile(directory)));
}

/** Stopped, or in the hands of a debugger. */
function held(pid: number): boolean {
  try {
    const { tracerPid, state } = statusOf(pid);
    return tracerPid !== 0 || state === 'T' || state === 't';
  } catch {
    return false;
  }
}

/** How often the agent has been called in a process; 0 where it is not loaded, or the process has ended. */
function callsOf(pid: number): number {
  try {
    const memory = openProcessMemory(pid);
    try {
      const agent = findAgent(pid, { memory });
      return agent === null ? 0 : readControlBlock(memory, agent.control).served;
    } finally {
      memory.close();
    }
  } catch {
    return 0;
  }
}

function worstPauseIn(file: string): number {
  if (!existsSync(file)) return 0;
  return Number(/"worstPauseUs": ?([\d.]+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
}

/** By its own last words, and by how it ended. */
function judge(output: string, [code, signal]: [number | null, string | null], result: Round): void {
  const said = /^\{.*\}$/m.exec(output)?.[0];
  if (code !== 0) result.lost.push(`ended with ${String(code ?? signal)}: ${said ?? 'no last words'}`);
  else if (said === undefined) result.lost.push('ended without last words');
  result.trapped = Number(/"trapped": (\d+)/.exec(said ?? '')?.[1] ?? 0);
}
