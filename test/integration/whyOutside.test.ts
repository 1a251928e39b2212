import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { statusOf } from '../support/target.js';
import { until } from '../support/until.js';
import {
  ask,
  canMount,
  doingOf,
  expectWell,
  few,
  look,
  onlyHung,
  pythons,
  standing,
  start,
  waitsOf,
} from '../support/zoo.js';

const script = 'zoo_outside.py';

describe.each(few)('who waits for somebody outside, on $label', (python) => {
  test('a server that does not answer', async () => {
    const { facts, report } = await standing(python, 'recv', script);

    expectWell(report);
    expect(waitsOf(report)).toEqual({ MainThread: ['descriptor', null, null] });
    expect(doingOf(report, 'MainThread')).toMatch(
      new RegExp(`for data from fd \\d+: TCP .* ESTABLISHED, other end: ${facts.child} `),
    );
  });

  test.each(['stopped_peer', 'stopped_reader'])('one that is stopped: %s', async (scenario) => {
    const { facts, report } = await standing(python, scenario, script);

    expect(onlyHung(report)).toMatchObject({ kind: 'stopped peer', inferred: false, tids: [facts.pid] });
    expect(onlyHung(report).text).toContain(`kill -CONT ${facts.child}`);
  });

  test('a full pipe that nobody reads, as only this process has it', async () => {
    const { facts, report } = await standing(python, 'dead_reader', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'nobody left', inferred: true, tids: [facts.pid] });
    expect(onlyHung(report).text).toMatch(
      /room to write to fd \d+: write end of pipe .*, which no other process has$/,
    );
  });

  test('a named pipe: to be opened at the other end, and one whose other end a process has', async () => {
    const { facts, report } = await standing(python, 'fifo', script);

    expectWell(report);
    expect(doingOf(report, 'MainThread')).toMatch(
      /for somebody to open the other end of the named pipe "\/.*\/nobody"$/,
    );
    expect(doingOf(report, 'read')).toMatch(
      new RegExp(`for data from fd \\d+: read end of /.*/somebody, other end: ${facts.child} `),
    );
  });

  test('a request over HTTP, which is told', async () => {
    const { report } = await standing(python, 'http', script);

    expectWell(report);
    expect(doingOf(report, 'MainThread')).toMatch(
      /for the answer to a request \(POST\) to 127\.0\.0\.1:\d+ over HTTP, data from fd \d+: TCP /,
    );
    expect(doingOf(report, 'url')).toMatch(
      /for the answer to GET http:\/\/127\.0\.0\.1:\d+\/slow\?a=1 over HTTP, data from fd \d+: TCP /,
    );
  });

  test('a database of SQLite that another process has locked', async () => {
    const { pid, child } = await start(python, 'sqlite', script);

    const doing = await betweenAttempts(pid);
    expect(doing).toMatch(
      /for the SQLite database \/.*\/accounts.db, which process \d+ \(.*\)(, which runs,)? has locked$/,
    );
    expect(doing).toContain(`process ${child} (`);
  });

  test('a database of SQLite that it has locked itself', async () => {
    const { pid } = await start(python, 'sqlite_itself', script);

    expect(await betweenAttempts(pid)).toMatch(
      /accounts.db, which another connection of this process has locked$/,
    );
  });
});

/** What a thread does that sleeps for a tenth of a second, tries again, and sleeps: between two attempts, soon. */
async function betweenAttempts(pid: number): Promise<string> {
  for (let count = 0; ; count++) {
    await until(() => statusOf(pid).state === 'S');
    const report = await ask(pid);
    expectWell(report);
    const doing = doingOf(report, 'MainThread');
    if (doing.startsWith('waits') || count === 10) return doing;
  }
}

const mounting = canMount() ? test : test.skip;

mounting.each(few)(
  'a name server that does not answer, on $label (needs mounts of its own)',
  async (python) => {
    const { pid } = await start(python, 'dns', script);
    await until(() => statusOf(pid).state === 'S');
    const report = await ask(pid);

    expectWell(report);
    expect(report.threads[0]?.doing).toMatch(
      /for an answer of the name server 127\.53\.53\.53:53 about host 'nobody\.example' \(DNS\)$/,
    );
  },
);

const newest = pythons.slice(-1);
(existsSync('/dev/fuse') ? mounting : test.skip).each(newest)(
  'the server of a file system, which does not answer, on $label (needs FUSE, and mounts of its own)',
  async (python) => {
    const { report, facts } = await standing(python, 'fuse', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'uninterruptible' });
    expect(report.text).toMatch(
      new RegExp(
        `thread ${facts.pid} .* is in \\w+\\(path="/.*/accounts.db"\\).* waits for the server of a FUSE file system`,
      ),
    );
    expect(report.stoppedUs).toBeNull();
    // An attempt to stop it would have made that D.
    expect(statusOf(facts.pid).state).toBe('S');
  },
);

test.each(newest)('a child of vfork() that executes nothing, on $label', async (python) => {
  const { pid } = await start(python, 'vfork', script);
  await until(() => statusOf(pid).state === 'D');
  const report = await look(pid);

  expect(onlyHung(report)).toMatchObject({ kind: 'uninterruptible' });
  expect(report.text).toMatch(
    /waits for process \d+ \(.*\) to execute a program or to end, after vfork\(\); that one waits in openat\(path="\/.*\/fifo"\)/,
  );
});
