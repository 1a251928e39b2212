/** What the pictures in the documents show: sleeper in a terminal, on the programs in demo/. */
import { spawn as spawnChild, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node-pty';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The width of the terminal in all pictures. */
export const columns = 100;

/** The directory that the programs run in; the pictures show its name. */
export const place = join(tmpdir(), 'shop');

/** Copies demo/ there, so that what is shown does not depend on where the clone is. */
export function setUp(): void {
  tearDown();
  mkdirSync(place);
  cpSync(join(root, 'demo'), join(place, 'demo'), { recursive: true });
}

export function tearDown(): void {
  rmSync(place, { recursive: true, force: true });
}

/** The system's own Python, if it has one: that is what most readers have. */
const env = { ...process.env, PATH: `${join(root, 'bin')}:/usr/bin:${process.env['PATH'] ?? ''}` };

/** Runs a command in a terminal. Standard error, with the progress, is not shown. @returns its output */
export async function inTerminal(command: string, width = columns): Promise<string> {
  const terminal = spawn('sh', ['-c', `${command} 2>/dev/null`], {
    ...{ name: 'xterm-256color', cols: width, rows: 50, cwd: place },
    env: { ...env, COLUMNS: '', CI: '', NO_COLOR: '', FORCE_COLOR: '' },
  });
  let output = '';
  terminal.onData((text) => (output += text));
  const exitCode = await new Promise<number>((resolve) => terminal.onExit((exit) => resolve(exit.exitCode)));
  if (exitCode !== 0) throw new Error(`${command}: exit code ${exitCode}`);
  return output;
}

/** demo/hung_worker.py, hanging, with the agent. The caller ends it. */
export async function startHungWorker(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawnChild('sleeper', ['run', '--', 'python3', 'demo/hung_worker.py', '3'], {
    ...{ cwd: place, env, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  });
  await once(createInterface({ input: child.stdio[3] as Readable }), 'line');
  return child as ChildProcess & { readonly pid: number };
}

/** The pictures of the hung worker, by the name of their file. */
export const scenes = {
  why: (pid: number) => `sleeper why ${pid}`,
  dump: (pid: number) => `sleeper dump ${pid} --thread 'pay bob'`,
} as const;

/** A command and what it prints, as a person sees them. */
export async function play(command: string): Promise<string> {
  return `\u001b[2m$\u001b[22m \u001b[1m${command}\u001b[22m\n${await inTerminal(command)}`;
}
