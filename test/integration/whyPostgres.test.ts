import { afterAll, afterEach, expect } from '@jest/globals';
import { titleOf } from '../../src/target/commandLine.js';
import { Postgres } from '../support/postgres.js';
import { debianPython, Servers } from '../support/servers.js';
import { startTarget, type Target } from '../support/target.js';
import { until } from '../support/until.js';
import { ask, expectWell } from '../support/zoo.js';

const servers = new Servers();
const database = new Postgres();
let clients: Target[] = [];
afterEach(() => {
  for (const client of clients) client.kill();
  clients = [];
});
afterAll(() => {
  database.end();
  servers.remove();
});

/** A client that says which process of the server it is connected to. */
async function client(role: 'hold' | 'want', where: string): Promise<Target> {
  const target = await startTarget(debianPython, 'rows.py', [role, where]);
  clients.push(target);
  return target;
}

servers.test(
  'postgres',
  'a row of PostgreSQL that the transaction of another process has changed',
  async () => {
    const { local, tcp } = await database.start();
    const holder = await client('hold', tcp);
    const waiter = await client('want', local);
    await until(() => titleOf(`/proc/${waiter.ready}`).endsWith(' UPDATE waiting'));
    const report = await ask(waiter.pid);

    expectWell(report);
    expect(report.threads[0]?.doing).toMatch(
      new RegExp(
        `^waits in <module> \\(rows.py:\\d+\\) for PostgreSQL, .*, other end: ${waiter.ready} postgres: test postgres \\[local\\] UPDATE waiting `,
      ),
    );
    expect(report.findings).toMatchObject([
      { kind: 'queued', hung: false, inferred: true, tids: [waiter.pid] },
    ]);
    expect(report.findings[0]?.text).toMatch(
      new RegExp(
        ` in process ${holder.ready} \\(postgres: test postgres 127\\.0\\.0\\.1\\(\\d+\\) idle in transaction\\), for process ${holder.pid} \\(python3\\)$`,
      ),
    );
  },
);
