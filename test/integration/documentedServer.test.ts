import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { descendants } from '../../src/target/processTree.js';
import { debianPython, freePort, killFamily, Servers } from '../support/servers.js';
import { expectShown, printedBy, shown } from '../support/shownOutputs.js';
import { standstill } from '../support/standstill.js';
import { sleeper, targetsDirectory } from '../support/target.js';
import { until } from '../support/until.js';

/** A gunicorn whose last worker waits for a bank: what docs/tree.md and docs/fds.md show must be told of it today. */

const servers = new Servers();
const directory = mkdtempSync(join(tmpdir(), 'sleeper-shown-'));
const children: ChildProcess[] = [];
afterAll(async () => {
  // Nothing else ends a worker that waits.
  await Promise.all(children.map(killFamily));
  servers.remove();
  rmSync(directory, { recursive: true });
});

function start(cwd: string, program: string, ...args: string[]): number {
  const env = { ...process.env, PATH: `/usr/bin:${process.env['PATH'] ?? ''}` };
  const child = spawn(program, args, { cwd, env, stdio: 'ignore' });
  children.push(child);
  if (child.pid === undefined) throw new Error(`${program} was not started`);
  return child.pid;
}

async function startServer(): Promise<{ master: number; workers: number[]; port: number }> {
  const port = await freePort();
  // Not on its command line, which is shown.
  process.env['GUNICORN_CMD_ARGS'] = `-b 127.0.0.1:${port} -t 600`;
  const gunicorn = ['python3', '-m', 'gunicorn', '-w', '4', 'payments:application'];
  const master = start(targetsDirectory, sleeper, 'run', '--', ...gunicorn);
  await until(() => descendants(master).length === 4);
  for (const worker of descendants(master)) await standstill(worker);
  return { master, workers: descendants(master).toSorted((a, b) => a - b), port };
}

/** Only the last worker can take the request: the others are stopped meanwhile. */
async function chargeInTheLast(workers: readonly number[], port: number): Promise<number> {
  const others = workers.slice(0, -1);
  for (const worker of others) process.kill(worker, 'SIGSTOP');
  const client = 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])';
  const pid = start(directory, debianPython, '-c', client, `http://127.0.0.1:${port}/charge`);
  await until(() => descendants(workers.at(-1) ?? 0).length === 1);
  for (const worker of others) process.kill(worker, 'SIGCONT');
  for (const worker of workers) await standstill(worker);
  return pid;
}

servers.test('gunicorn', 'its tree, its descriptors, its line in the list', async () => {
  const { master, workers, port } = await startServer();
  await chargeInTheLast(workers, port);
  const tree = await printedBy(`sleeper dump --tree ${master}`, directory);
  // The master looks after its workers every second, and may do so just now.
  const text = shown('tree')
    .replace(/^\$.*\n/, '')
    .replace(/^(\d+ .*?) {2}.*$/m, '$1  [...]');
  expectShown(text, tree);

  expectShown(shown('fds'), await printedBy(`sleeper fds ${workers.at(-1)}`, directory));

  writeFileSync(join(directory, 'report.py'), 'import time\ntime.sleep(600)\n');
  const report = start(directory, 'python3', 'report.py');
  await standstill(report);
  const [head, ...lines] = (await printedBy('sleeper ps', directory)).split('\n');
  // In the order of the picture: the kernel may have begun with small numbers again in between.
  const pids = [master, ...workers, report];
  const ours = pids.map((pid) => lines.find((line) => Number.parseInt(line, 10) === pid));
  expectShown(shown('ps'), [head, ...ours].join('\n'));
});
