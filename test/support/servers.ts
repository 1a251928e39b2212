import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from '@jest/globals';
import { descendants } from '../../src/target/processTree.js';
import { sleeper, statusOf } from './target.js';
import { until } from './until.js';

/** Debian's interpreter, which the packages of the servers are for. */
export const debianPython = '/usr/bin/python3';

/** Does this command end well? With SLEEPER_REQUIRED_SERVERS set, it must. */
export function isThere(what: string, command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'pipe' });
    return true;
  } catch (error) {
    if ((process.env['SLEEPER_REQUIRED_SERVERS'] ?? '') === '') return false;
    throw new Error(`${what} is required here: ${String(error)}`, { cause: error });
  }
}

const needs = {
  gunicorn: () => isThere('gunicorn', debianPython, '-c', 'import gunicorn'),
  gevent: () => isThere('gevent', debianPython, '-c', 'import gevent, gunicorn'),
  greenlet: () => isThere('greenlet', debianPython, '-c', 'import gevent, greenlet'),
  celery: () =>
    isThere('celery', debianPython, '-c', 'import celery, redis') &&
    isThere('a Redis', 'redis-server', '--version'),
  uvicorn: () => isThere('uvicorn', debianPython, '-c', 'import gunicorn, uvicorn.workers'),
  uvloop: () => isThere('uvloop', debianPython, '-c', 'import uvloop'),
  postgres: () =>
    isThere('psycopg2', debianPython, '-c', 'import psycopg2') &&
    isThere('PostgreSQL', 'sh', '-c', 'ls /usr/lib/postgresql/*/bin/initdb'),
  uwsgi: () => isThere('uWSGI', 'uwsgi', '--plugin', 'python3', '--version'),
} as const;

/** A port of this machine that is free just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Servers that a test has started, with what they have written. */
export class Servers {
  readonly directory = mkdtempSync(join(tmpdir(), 'sleeper-servers-'));
  private readonly running: ChildProcess[] = [];

  /**
   * A test with a real server; without it, it is skipped, and its title says so. One that fails tells what the servers
   * have written.
   */
  test(server: keyof typeof needs, title: string, run: () => Promise<void>): void {
    if (!needs[server]()) {
      process.stderr.write(`No ${server} for ${debianPython} was found: skipped: ${title}\n`);
      test.skip(`${title} (skipped: no ${server} was found)`, run);
      return;
    }
    const telling = async (): Promise<void> => {
      try {
        await run();
      } catch (error) {
        if (existsSync(this.logFile)) process.stderr.write(readFileSync(this.logFile, 'utf8'));
        throw error;
      }
    };
    test(title, telling);
  }

  /** @param preloaded with the agent, by `sleeper run` */
  start(command: readonly string[], preloaded: boolean, cwd: string): number {
    const words = preloaded ? [sleeper, 'run', '--', ...command] : command;
    const log = openSync(this.logFile, 'a');
    const [program = '', ...args] = words;
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', log, log],
      env: { ...process.env, C_FORCE_ROOT: '1' },
    });
    closeSync(log);
    this.running.push(child);
    if (child.pid === undefined) throw new Error(`${program} was not started`);
    return child.pid;
  }

  /** A Redis, whose address goes into the environment of what is started after it. */
  async startRedis(): Promise<void> {
    const port = await freePort();
    process.env['REDIS'] = `redis://127.0.0.1:${port}/0`;
    this.start(
      ['redis-server', '--port', String(port), '--save', '', '--bind', '127.0.0.1'],
      false,
      this.directory,
    );
  }

  /** Asks all of them to end, and waits for that. */
  async end(): Promise<void> {
    await Promise.all(this.running.splice(0).map(ended));
  }

  /**
   * Ends all of them with all that they have started, which need not be able to end by itself: a master of Celery waits
   * for ever for a task of a worker that was killed.
   */
  async kill(): Promise<void> {
    await Promise.all(this.running.splice(0).map(killFamily));
  }

  /** When no more of them is needed. */
  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private get logFile(): string {
    return join(this.directory, 'log');
  }
}

/** Ends a process of ours and all below it by SIGKILL, and waits for its end. */
export async function killFamily(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exit = once(child, 'exit');
  const pid = child.pid ?? 0;
  // One that stands still puts nobody in the place of those that are killed.
  child.kill('SIGSTOP');
  await until(() => 'TZ'.includes(statusOf(pid).state));
  for (const below of descendants(pid)) process.kill(below, 'SIGKILL');
  child.kill('SIGKILL');
  await exit;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function ended(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** The answer to a request over HTTP, as soon as somebody listens there. */
export async function served(port: number, path: string): Promise<string> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return await response.text();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(20);
    }
  }
}
