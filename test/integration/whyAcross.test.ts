import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { WhyReport } from '../../src/model/why.js';
import { betweenProcesses } from '../../src/usecases/across/betweenProcesses.js';
import { ask, doingOf, few, kinds, onlyHung } from '../support/zoo.js';
import { runSleeper } from '../support/cli.js';
import { anyPython, type Python } from '../support/pythons.js';
import { standstill } from '../support/standstill.js';
import { startTarget, type Target } from '../support/target.js';
import { schemaErrors } from '../support/validate.js';

/** The processes that test/targets/acrossProcesses.py says it is about. */
interface Facts {
  parent: number;
  child: number;
  third?: number;
}

let target: Target | undefined;
let others: number[] = [];
afterEach(() => {
  target?.kill();
  for (const pid of others) process.kill(pid, 'SIGKILL');
  target = undefined;
  others = [];
});

async function start({ executable }: Python, scenario: string): Promise<Facts> {
  target = await startTarget(executable, 'acrossProcesses.py', [scenario]);
  const facts = JSON.parse(target.ready) as Facts;
  others = (Object.values(facts) as number[]).filter((pid) => pid !== target?.pid);
  return facts;
}

/** Starts a scenario in which in the end nothing moves any more. */
async function standing(python: Python, scenario: string): Promise<Facts> {
  const facts = await start(python, scenario);
  for (const pid of [facts.parent, facts.child]) await standstill(pid);
  return facts;
}

/** Asks one process after the other, then what they wait for in each other. */
async function askAll(...pids: number[]): Promise<WhyReport[]> {
  const alone: WhyReport[] = [];
  for (const pid of pids) alone.push(await ask(pid));
  const reports = await betweenProcesses(alone, new AbortController().signal);
  for (const report of reports) expect(schemaErrors('why', report)).toEqual([]);
  return reports;
}

async function askParent({ parent }: Facts): Promise<WhyReport> {
  const [report] = await askAll(parent);
  if (report === undefined) throw new Error('no report');
  return report;
}

/** None of it depends on the version of Python. */
const python = anyPython();

describe('processes that wait for each other', () => {
  test.each([
    ['both_pipes_full', /waits in both_pipes_full .* for room to write to fd \d+: write end of pipe/],
    ['socketpair', /waits in read .* for data from fd \d+: UNIX stream/],
    ['tcp', /waits in read .* for data from fd \d+: TCP 127\.0\.0\.1/],
    ['never_eof', /waits in never_eof .* to end/],
    ['file_locks', /waits in lock .* for a lock on fd \d+: .*, held by process \d+/],
  ])('%s', async (scenario, doing) => {
    const facts = await standing(python, scenario);
    const report = await askParent(facts);

    const found = onlyHung(report);
    expect(found).toMatchObject({ kind: 'deadlock', tids: [facts.parent] });
    expect(report.text).toBe(found.text);
    expect(found.text).toMatch(doing);
    expect(found.text).toMatch(new RegExp(`^deadlock between processes: process ${facts.parent} `));
    expect(found.text).toMatch(new RegExp(`; process ${facts.child} \\(\\S+\\): waits for `));
    expect(found.text).toContain(`(up to process ${facts.parent})`);
  });

  test.each([
    ['event_loops', /waits in run_loop .*, in the event loop of asyncio \(1 task: 1 in StreamReader/],
    [
      'epoll_and_read',
      /waits in epoll_and_read .* for something to happen, by epoll \(fd \d+\), on fd \d+: /,
    ],
  ])('in epoll: %s', async (scenario, doing) => {
    const facts = await standing(python, scenario);
    const report = await askParent(facts);

    const found = onlyHung(report);
    expect(found).toMatchObject({ kind: 'deadlock', tids: [facts.parent] });
    expect(found.text).toMatch(doing);
    expect(found.text).toContain(`(up to process ${facts.child})`);
    expect(found.text).toContain(`(up to process ${facts.parent})`);
  });

  test('that a lock of multiprocessing is among, without asking the other', async () => {
    const report = await askParent(await standing(python, 'process_lock'));
    expect(onlyHung(report).text).toContain('waits for a lock between processes');
  });

  test('the command tells it of a process and of a tree', async () => {
    const { parent, child } = await standing(python, 'socketpair');
    const one = await runSleeper(['why', String(parent)]);
    expect({ code: one.code, err: one.err }).toEqual({ code: 0, err: '' });
    expect(one.out.split('\n')[2]).toMatch(/^deadlock between processes: /);

    const tree = await runSleeper(['why', '--tree', String(parent), '--json']);
    const reports = JSON.parse(tree.out) as WhyReport[];
    expect(reports.map(({ process: { pid }, verdict }) => ({ pid, verdict }))).toEqual([
      { pid: parent, verdict: 'hung' },
      { pid: child, verdict: 'hung' },
    ]);
    const place = (pid: number) =>
      `process ${pid} \\(\\S+\\): thread "MainThread" \\(${pid}\\) waits in read `;
    expect(reports[0]?.text).toMatch(new RegExp(`${place(parent)}.*; ${place(child)}`));
  });
});

/** In a thread of its own, and from 3.12 on by a descriptor, an event loop waits for a child to end. */
const eventLoops = kinds.filter(({ short }) => short === 0x0308 || short === 0x030f);

test.each(eventLoops)('an event loop that waits for a child which waits for it, on $label', async (each) => {
  const facts = await standing(each, 'unclosed_input');
  const report = await askParent(facts);

  expect(onlyHung(report)).toMatchObject({ kind: 'deadlock' });
  expect(report.text).toContain(`process ${facts.child} (cat): waits for data from fd 0`);
});

describe.each(kinds)('locks between processes, on $label', (each) => {
  test('one whose holder waits for who wants it', async () => {
    const { parent, child } = await standing(each, 'process_lock');
    const reports = await askAll(parent, child);

    for (const report of reports)
      expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: true });
    const [waits] = (reports[1]?.threads ?? []).map((thread) => thread.waits);
    expect(waits?.heldBy).toEqual({
      tid: parent,
      pid: parent,
      name: 'MainThread',
      how: 'owner',
      inferred: true,
    });
    expect(reports[0]?.threads[0]?.holdsShared).toEqual([waits?.shared]);
  });

  test('one whose holder was killed', async () => {
    const { parent, child } = await standing(each, 'killed_reader');
    const reports = await askAll(parent, child);

    for (const report of reports) {
      expect(onlyHung(report)).toMatchObject({ kind: 'lost owner', inferred: true });
      expect(report.text).toContain(`none of them holds the lock that process ${child} waits for`);
    }
  });

  test('one whose holder goes on', async () => {
    const { parent, child } = await standing(each, 'held_process_lock');
    const reports = await askAll(parent, child);

    expect(reports.map(({ verdict }) => verdict)).toEqual(['not hung', 'not hung']);
    const [, report] = reports;
    expect(report?.text).toContain(`held by thread "MainThread" (${parent}) of process ${parent} `);
    expect(doingOf(report!, 'MainThread')).not.toContain('another process has');
  });
});

/** What it is told to wait for, and that nobody is said to have it. */
function expectSemaphore(report: WhyReport | undefined): void {
  const [thread] = report?.threads ?? [];
  expect(thread?.waits).toMatchObject({ for: 'semaphore', heldBy: null });
  expect(thread?.waits).not.toHaveProperty('shared');
  expect(thread?.doing).toMatch(/ for Semaphore 0x[0-9a-f]+ of multiprocessing to be released$/);
}

describe.each(few)('semaphores between processes, on $label', (each) => {
  test('one that nobody is left to release', async () => {
    const { parent, child } = await standing(each, 'semaphore');
    const reports = await askAll(parent, child);

    for (const report of reports)
      expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: true });
    expectSemaphore(reports[1]);
  });

  test('one that is all taken by who goes on', async () => {
    const { parent, child } = await standing(each, 'held_semaphore');
    const reports = await askAll(parent, child);

    expect(reports.map(({ verdict }) => verdict)).toEqual(['not hung', 'not hung']);
    expectSemaphore(reports[1]);
  });
});

describe('processes that are well', () => {
  test('one that waits for a semaphore with a name, which any process may release', async () => {
    const { parent, child } = await standing(python, 'named_semaphore');
    const name = `/sleeper-${parent}`;
    try {
      const reports = await askAll(parent, child);

      expect(reports.map(({ verdict, findings }) => [verdict, findings])).toEqual([
        ['not hung', []],
        ['not hung', []],
      ]);
      expect(doingOf(reports[1]!, 'MainThread')).toContain(
        `the semaphore "${name}", which any process may release`,
      );
    } finally {
      rmSync(`/dev/shm/sem.${name.slice(1)}`);
    }
  });

  test.each(['pipeline', 'one_thread_more', 'third_process'])('%s', async (scenario) => {
    const facts = await standing(python, scenario);
    const report = await askParent(facts);

    expect(report).toMatchObject({ verdict: 'not hung', findings: [] });
    expect(doingOf(report, 'MainThread')).toContain(String(facts.child));
  });

  test.each(['listens', 'idle_loop', 'replaced_number'])('in epoll: %s', async (scenario) => {
    const report = await askParent(await standing(python, scenario));

    expect(report).toMatchObject({ verdict: 'not hung', findings: [] });
  });

  test.each([
    ['busy_pipeline', 8],
    ['busy_event_loops', 6],
  ])('%s: data that goes round, whenever one looks', async (scenario, looks) => {
    const facts = await start(python, scenario);
    for (let look = 0; look < looks; look++)
      expect(await askParent(facts)).toMatchObject({ verdict: 'not hung', findings: [] });
  });
});
