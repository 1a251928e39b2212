import { execFileSync } from 'node:child_process';
import { get } from 'node:http';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect } from '@jest/globals';
import type { WhyReport } from '../../src/model/why.js';
import { runSleeper } from '../support/cli.js';
import { standstill } from '../support/standstill.js';
import { debianPython, freePort, served, Servers } from '../support/servers.js';
import { statusOf, targetsDirectory } from '../support/target.js';
import { until } from '../support/until.js';

const servers = new Servers();
/** Who begins to hang makes a file of this name and its process id. */
const mark = join(servers.directory, 'mark');
process.env['HOLD'] = mark;
afterEach(async () => {
  await servers.kill();
  for (const name of readdirSync(servers.directory))
    if (name !== 'log') rmSync(join(servers.directory, name));
});
afterAll(() => servers.remove());

/** The processes that hang, once there are so many. */
async function marked(count: number): Promise<number[]> {
  const marks = (): string[] => readdirSync(servers.directory).filter((name) => name.startsWith('mark.'));
  await until(() => marks().length === count);
  return marks().map((name) => Number(name.slice('mark.'.length)));
}

/** The same, once nothing moves there any more. */
async function hanging(count: number): Promise<number[]> {
  const pids = await marked(count);
  await Promise.all(pids.map(standstill));
  return pids;
}

/** What `why --tree` says of each process. */
async function reportsBelow(master: number): Promise<Map<number, WhyReport>> {
  const { code, out, err } = await runSleeper(['why', '--tree', String(master), '--json', '--yes']);
  expect({ code, err }).toMatchObject({ code: 0 });
  const reports = JSON.parse(out) as WhyReport[];
  for (const { process } of reports) expect(statusOf(process.pid).tracerPid).toBe(0);
  return new Map(reports.map((report) => [report.process.pid, report]));
}

function verdicts(reports: Map<number, WhyReport>, verdict: WhyReport['verdict']): number[] {
  return [...reports].flatMap(([pid, report]) => (report.verdict === verdict ? [pid] : []));
}

const deadlock =
  /^deadlock: thread .* waits in deadlock \(site_app.py:\d+\) for Lock 0x\w+ \(lock\), which it holds itself \(inferred\)$/;

const gunicorn = [
  debianPython,
  '-m',
  'gunicorn',
  '-w',
  '2',
  '--graceful-timeout',
  '1',
  'site_app:application',
  '-b',
];
const uwsgi = ['uwsgi', '--plugin', 'python3', '--master', '--die-on-term', '-p', '2', '--http-socket'];
const sites = [
  ['gunicorn', 'sync', (address: string) => [...gunicorn, address]],
  ['gunicorn', 'gthread', (address: string) => [...gunicorn, address, '-k', 'gthread', '--threads', '2']],
  ['gevent', 'gevent', (address: string) => [...gunicorn, address, '-k', 'gevent']],
  ['uwsgi', 'uWSGI', (address: string) => [...uwsgi, address, '--wsgi-file', 'site_app.py']],
] as const;

describe('a server, a request of which wants a lock twice', () => {
  for (const [server, kind, commandOf] of sites) {
    servers.test(server, kind, async () => {
      const port = await freePort();
      const master = servers.start(commandOf(`127.0.0.1:${port}`), true, targetsDirectory);
      expect(await served(port, '/')).toMatch(/^\/ \d+$/);
      // The connection breaks when the worker is killed.
      get({ port, path: '/deadlock', agent: false }).on('error', () => undefined);
      const [worker = 0] = await hanging(1);
      const reports = await reportsBelow(master);

      expect(verdicts(reports, 'hung')).toEqual([worker]);
      expect(verdicts(reports, 'not hung')).toHaveLength(2);
      expect(reports.get(worker)?.text).toMatch(deadlock);
    });
  }
});

describe('a server with workers of uvicorn, a request of which begins tasks that wait for each other', () => {
  servers.test('uvicorn', 'gunicorn', async () => {
    const port = await freePort();
    const workers = ['-k', 'uvicorn.workers.UvicornWorker', '-w', '2', '--graceful-timeout', '1'];
    const command = [debianPython, '-m', 'gunicorn', ...workers, 'asgi_app:application', '-b'];
    const master = servers.start([...command, `127.0.0.1:${port}`], true, targetsDirectory);
    expect(await served(port, '/')).toMatch(/^\/ \d+$/);
    get({ port, path: '/cycle', agent: false }).on('error', () => undefined);
    const [worker = 0] = await marked(1);
    const reports = await reportsBelow(master);

    expect(verdicts(reports, 'hung')).toEqual([worker]);
    expect(verdicts(reports, 'not hung')).toHaveLength(2);
    expect(reports.get(worker)?.findings).toMatchObject([{ kind: 'task cycle', hung: true }]);
    expect(reports.get(worker)?.text).toMatch(/ waits in follow \(asgi_app\.py:\d+\) for /);
  });
});

describe('Celery', () => {
  for (const [pool, tasks, processes] of [
    ['prefork', ['jobs.deadlock', 'jobs.nest'], 3],
    ['threads', ['jobs.deadlock'], 1],
  ] as const) {
    servers.test('celery', `${pool}, with tasks that wait for ever`, async () => {
      await servers.startRedis();
      const celery = ['-m', 'celery', '-A', 'jobs_app', 'worker', '-P', pool, '-c', '2'];
      const master = servers.start([debianPython, ...celery], true, targetsDirectory);
      execFileSync(debianPython, ['jobs_app.py', ...tasks], {
        cwd: targetsDirectory,
        env: { ...process.env },
      });
      const workers = await hanging(tasks.length);
      const reports = await reportsBelow(master);

      expect(reports.size).toBe(processes);
      const [locked = 0, ...more] = verdicts(reports, 'hung');
      expect(more).toEqual([]);
      expect(workers).toContain(locked);
      expect(reports.get(locked)?.text).toMatch(deadlock);
      for (const nesting of workers.filter((pid) => pid !== locked))
        expect(reports.get(nesting)?.text).toMatch(
          /waits in nest \(jobs_app.py:\d+\) for the result AsyncResult 0x\w+ of a task of Celery, as a task itself: for ever, if no worker is free$/,
        );
    });
  }

  // What a worker has received is no more in the queue of the broker.
  const received = (): boolean =>
    execFileSync('redis-cli', ['-u', process.env['REDIS'] ?? '', 'llen', 'celery'], {
      encoding: 'utf8',
    }).trim() === '0';

  for (const [title, more, hangs] of [
    ['prefork, all of whose processes wait for tasks that none is left to do', [], true],
    ['the same with a time limit, which will end it', ['--time-limit', '1000'], false],
  ] as const) {
    servers.test('celery', title, async () => {
      await servers.startRedis();
      const celery = ['-m', 'celery', '-A', 'jobs_app', 'worker', '-P', 'prefork', '-c', '2', ...more];
      const master = servers.start([debianPython, ...celery], true, targetsDirectory);
      execFileSync(debianPython, ['jobs_app.py', 'jobs.nest', 'jobs.nest'], {
        cwd: targetsDirectory,
        env: { ...process.env },
      });
      const workers = await hanging(2);
      await until(received);
      const reports = await reportsBelow(master);

      expect(new Set(verdicts(reports, 'hung'))).toEqual(new Set(hangs ? workers : []));
      expect(reports.get(master)?.celery?.processes).toBe(hangs ? 2 : null);
      if (!hangs) return;
      for (const pid of workers) {
        expect(reports.get(pid)?.findings).toMatchObject([{ kind: 'starved pool', tids: [pid] }]);
        expect(reports.get(pid)?.text).toMatch(
          new RegExp(
            `^deadlock of a pool of Celery: all 2 processes wait .* of worker ${master}: thread "MainThread" .* 2 tasks are yet to be begun$`,
          ),
        );
      }
    });
  }

  /** Starts a worker that is a single process, sends it a task, and asks why once that has begun, and all it has sent was received. */
  async function reportOf(pool: string, threads: number, task: string): Promise<WhyReport | undefined> {
    await servers.startRedis();
    const celery = ['-m', 'celery', '-A', 'jobs_app', 'worker', '-P', pool, '-c', String(threads)];
    const worker = servers.start([debianPython, ...celery], true, targetsDirectory);
    execFileSync(debianPython, ['jobs_app.py', task], { cwd: targetsDirectory, env: { ...process.env } });
    expect(await marked(1)).toEqual([worker]);
    if (pool !== 'solo') await until(received);
    await standstill(worker);
    return (await reportsBelow(worker)).get(worker);
  }

  servers.test('celery', 'threads, the only one of which waits for a task that is left to it', async () => {
    const report = await reportOf('threads', 1, 'jobs.nest');

    expect(report?.findings).toMatchObject([{ kind: 'starved pool', hung: true, inferred: true }]);
    expect(report?.text).toMatch(
      /^deadlock of a thread pool: its only worker waits for work that is left to the same pool: thread ".*" \(\d+\) .* in nest \(jobs_app.py:\d+\).*; 1 piece of work is yet to be begun, unless the broker gives it to another worker \(inferred\)$/,
    );
  });

  for (const [title, threads, task] of [
    ['the same with a timeout', 1, 'jobs.nest_with_timeout'],
    ['threads, one of which waits for what another one does', 2, 'jobs.nest_of_held'],
  ] as const) {
    servers.test('celery', `${title}, which does not hang`, async () => {
      execFileSync('mkfifo', [mark]);
      const report = await reportOf('threads', threads, task);

      expect(report).toMatchObject({ verdict: 'not hung', findings: [] });
    });
  }

  servers.test('celery', 'solo, which does nothing while it waits, but others may', async () => {
    const report = await reportOf('solo', 1, 'jobs.nest');

    expect(report).toMatchObject({ verdict: 'not hung', findings: [] });
    expect(report?.text).toMatch(
      /waits in nest \(jobs_app.py:\d+\) for the result AsyncResult 0x\w+ of a task of Celery, as a task itself, before which its worker does and receives nothing else: for ever, if no other worker does it/,
    );
  });
});
