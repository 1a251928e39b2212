import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect } from '@jest/globals';
import type { ProcessFailure } from '../../src/model/failure.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { descendants } from '../../src/target/processTree.js';
import { runSleeper } from '../support/cli.js';
import { debianPython, freePort, served, Servers } from '../support/servers.js';
import { startTarget, statusOf, targetsDirectory } from '../support/target.js';
import { until } from '../support/until.js';

const workers = 3;
const servers = new Servers();
/** A worker is held that reads from this FIFO. */
const held = join(servers.directory, 'hold');
process.env['HOLD'] = held;
function letGo(): void {
  // For reading, too: so this waits for nobody.
  const fifo = openSync(held, 'r+');
  writeSync(fifo, 'x');
  closeSync(fifo);
}
beforeEach(() => void execFileSync('mkfifo', [held]));
afterEach(async () => {
  letGo();
  await servers.end();
  for (const name of readdirSync(servers.directory))
    if (name !== 'log') rmSync(join(servers.directory, name));
});
afterAll(() => servers.remove());

/** The worker that is held, once it is. */
async function heldWorker(): Promise<number> {
  const marks = (): string[] => readdirSync(servers.directory).filter((name) => name.startsWith('hold.'));
  await until(() => marks().length > 0);
  return Number(marks()[0]?.slice('hold.'.length));
}

/** Each process of the tree: the functions on the stacks of its threads, or the code of the error. */
async function functionsBelow(master: number): Promise<Map<number, string[][]>> {
  const { code, out, err } = await runSleeper(['dump', '--tree', String(master), '--json', '--yes']);
  expect({ code, err }).toMatchObject({ code: 0 });
  const list = JSON.parse(out) as (Snapshot | ProcessFailure)[];
  return new Map(
    list.map((each) => {
      if ('error' in each) return [each.pid, [[each.error.code]]];
      // A thread that the kernel does not know as the process's is none.
      const known = each.threads.flatMap(({ python, kernel }) => (python && kernel ? [python] : []));
      const functionsOf = (thread: (typeof known)[number]): string[] =>
        thread.frames.map((frame) => ('error' in frame ? frame.error : frame.function));
      return [each.process.pid, known.map(functionsOf)];
    }),
  );
}

/** One worker is found where it is held, the others elsewhere; all are described, and left as they were. */
async function expectTree(master: number, worker: number, processes: number): Promise<void> {
  const found = await functionsBelow(master);
  expect([...found.keys()].sort()).toEqual([master, ...descendants(master)].sort());
  expect(found.size).toBe(processes);
  const holding = [...found].filter(([, functions]) => functions.flat().includes('hold'));
  expect(holding.map(([pid]) => pid)).toEqual([worker]);
  for (const pid of found.keys()) {
    expect(statusOf(pid).tracerPid).toBe(0);
    expect(statusOf(pid).state).toMatch(/^[SR]$/);
  }
}

const gunicorn = [debianPython, '-m', 'gunicorn', '-w', String(workers), 'site_app:application'];
const uwsgi = ['uwsgi', '--plugin', 'python3', '--master', '--die-on-term', '-p', String(workers)];
const sites = [
  ['gunicorn', 'sync', false, (port: number) => [...gunicorn, '-b', `127.0.0.1:${port}`]],
  [
    'gunicorn',
    'gthread',
    true,
    (port: number) => [...gunicorn, '-b', `127.0.0.1:${port}`, '-k', 'gthread', '--threads', '2'],
  ],
  ['gevent', 'gevent', false, (port: number) => [...gunicorn, '-b', `127.0.0.1:${port}`, '-k', 'gevent']],
  [
    'uwsgi',
    'uWSGI',
    false,
    (port: number) => [...uwsgi, '--http-socket', `127.0.0.1:${port}`, '--wsgi-file', 'site_app.py'],
  ],
  [
    'uwsgi',
    'uWSGI',
    true,
    (port: number) => [...uwsgi, '--http-socket', `127.0.0.1:${port}`, '--wsgi-file', 'site_app.py'],
  ],
] as const;

describe('a server and its workers, one of which is held', () => {
  for (const [server, kind, preloaded, commandOf] of sites) {
    servers.test(
      server,
      `${kind}, ${preloaded ? 'with the agent from the start' : 'the agent is loaded'}`,
      async () => {
        const port = await freePort();
        const master = servers.start(commandOf(port), preloaded, targetsDirectory);
        const answer = served(port, '/hold');
        const worker = await heldWorker();
        await until(() => descendants(master).length === workers);
        await expectTree(master, worker, workers + 1);
        letGo();
        expect(await answer).toBe(`/hold ${worker}`);
        for (let i = 0; i < 20; i++) expect(await served(port, '/')).toMatch(/^\/ \d+$/);
      },
    );
  }
});

describe('Celery, one task of which is held', () => {
  for (const [pool, preloaded, processes] of [
    ['prefork', false, workers + 1],
    ['threads', true, 1],
  ] as const) {
    servers.test('celery', pool, async () => {
      await servers.startRedis();
      const celery = ['-m', 'celery', '-A', 'jobs_app', 'worker', '-P', pool, '-c', String(workers)];
      const master = servers.start([debianPython, ...celery], preloaded, targetsDirectory);
      const sending = startTarget(debianPython, 'jobs_app.py', [], { bare: true });
      const worker = await heldWorker();
      const sender = await sending;
      await expectTree(master, worker, processes);
      letGo();
      expect(await sender.end()).toBe(0);
      expect(await sender.output).toBe('210\n');
    });
  }
});
