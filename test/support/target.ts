import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const sleeper = fileURLToPath(new URL('../../bin/sleeper', import.meta.url));
export const targetsDirectory = fileURLToPath(new URL('../targets/', import.meta.url));

/** A process that a test inspects. */
export interface Target {
  pid: number;
  /** The line that it printed when it had come to where it stands still. */
  ready: string;
  child: ChildProcess;
  /** Everything it printed after `ready`, once it has ended. */
  output: Promise<string>;
  /** Ends its standard input, which ends a well-behaved target, and gives its exit code. */
  end(): Promise<number | null>;
  /** Kills it, if it still runs. */
  kill(): void;
}

export interface TargetOptions {
  /** Without the agent: as a process that was not started by `sleeper run`. */
  bare?: boolean;
  env?: NodeJS.ProcessEnv;
}

/** Starts a script of test/targets and waits for its first line of output. */
export async function startTarget(
  executable: string,
  script: string,
  args: string[] = [],
  { bare = false, env = {} }: TargetOptions = {},
): Promise<Target> {
  const command = [executable, targetsDirectory + script, ...args];
  const child = bare
    ? spawn(executable, command.slice(1), {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, ...env },
      })
    : spawn(sleeper, ['run', '--', ...command], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, ...env },
      });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const lines = createInterface({ input: child.stdout });
  const first = lines[Symbol.asyncIterator]();
  const ready = await first.next();
  if (ready.done === true || child.pid === undefined) {
    throw new Error(`${script} ended before it was ready`);
  }
  const output = (async () => {
    let text = '';
    for (let line = await first.next(); line.done !== true; line = await first.next())
      text += `${line.value}\n`;
    return text;
  })();
  return {
    pid: child.pid,
    ready: ready.value,
    child,
    output,
    end: async () => {
      child.stdin.end();
      const [code] = await exited;
      return code;
    },
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    },
  };
}

/** What must be the same before and after an inspection. */
export interface Footprint {
  fds: string[];
  threads: number;
}

export function footprint(pid: number): Footprint {
  return {
    fds: readdirSync(`/proc/${String(pid)}/fd`).sort(),
    threads: readdirSync(`/proc/${String(pid)}/task`).length,
  };
}

/** "State" and "TracerPid" of /proc/PID/status. */
export function statusOf(pid: number): { state: string; tracerPid: number } {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
  return { state: field('State'), tracerPid: Number(field('TracerPid')) };
}
