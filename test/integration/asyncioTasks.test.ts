import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { WhyReport } from '../../src/model/why.js';
import { readableTasks } from '../../src/tasks/taskWaits.js';
import { runSleeper } from '../support/cli.js';
import { anyPython, findPythons, type Python } from '../support/pythons.js';
import { debianPython, Servers } from '../support/servers.js';
import { footprint, startTarget, statusOf, type Target } from '../support/target.js';
import { schemaErrors } from '../support/validate.js';

let target: Target | undefined;
afterEach(() => {
  target?.kill();
  target = undefined;
});

async function start({ executable }: Python, scenario: string): Promise<Target> {
  target = await startTarget(executable, 'asyncio_zoo.py', [scenario]);
  return target;
}

async function json(...args: string[]): Promise<unknown> {
  const { code, out, err } = await runSleeper(args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

async function why(pid: number): Promise<WhyReport> {
  const report = (await json('why', '--json', String(pid))) as WhyReport;
  expect(schemaErrors('why', report)).toEqual([]);
  return report;
}

/** One of each way to keep tasks; the agent is tested on all by agent-c/test/values/test_asyncio.py. */
const pythons = findPythons().filter(({ version }) => /^3\.(7|11|12|15)\./.test(version));

describe.each(pythons)('a loop with many tasks, on $label', (python) => {
  test('dump describes its tasks, why finds no fault with it, and it goes on', async () => {
    const started = await start(python, 'server');
    const { pid } = started;
    const before = footprint(pid);

    const snapshot = (await json('dump', '--json', String(pid))) as Snapshot;
    expect(schemaErrors('dump', snapshot)).toEqual([]);
    const tasks = readableTasks(snapshot);
    // The six others, main(), and the sleep() of a gather().
    expect(tasks.length).toBe(28);
    const { ident } = snapshot.threads[0]?.python ?? {};
    expect(tasks.filter((task) => task.ident === ident).length).toBe(28);
    const waiting = tasks.filter(
      ({ frames: [frame] }) => frame !== undefined && 'file' in frame && frame.file.includes('queues'),
    );
    expect(waiting.length).toBe(20);

    const report = await why(pid);
    expect(report.findings).toEqual([]);
    expect(report.threads[0]?.doing).toMatch(
      /in the event loop of asyncio \(28 tasks: 20 in Queue\.get\(\), /,
    );
    expect(footprint(pid)).toEqual(before);
    expect(statusOf(pid).tracerPid).toBe(0);
    expect(await started.end()).toBe(0);
  });

  test('tasks that wait for each other', async () => {
    const { pid } = await start(python, 'pair');
    const report = await why(pid);
    expect(report.findings).toMatchObject([{ kind: 'task cycle', hung: true, inferred: false, tids: [pid] }]);
    expect(report.text).toMatch(/^deadlock of asyncio tasks: .*; 1 task waits behind$/);
    const tasks = report.tasks ?? [];
    const waits = new Map(tasks.map((task) => [task.address, task.waits?.tasks]));
    const [a = '', b = ''] = report.findings[0]?.tasks ?? [];
    expect([waits.get(a), waits.get(b)]).toEqual([[b], [a]]);
    // The pair, who waits behind, and main().
    expect(tasks.map(({ waits: on }) => on?.tasks.length)).toEqual(expect.arrayContaining([1, 1, 1, 0]));
    if (python.short < 0x0308) return;
    const named = (address: string) => tasks.find((task) => task.address === address)?.name;
    const told = tasks.map(({ name, waits: on }) => [name, ...(on?.tasks ?? []).map(named)]);
    expect(told.filter((pair) => pair.length > 1)).toEqual([
      ['a', 'b'],
      ['b', 'a'],
      ['c', 'a'],
    ]);
  });
});

describe('on one Python', () => {
  const python = anyPython();

  test.each([
    ['gathered', true],
    ['limited', false],
  ])('%s: a circle that hangs: %s', async (scenario, hung) => {
    const { pid } = await start(python, scenario);
    expect((await why(pid)).findings).toMatchObject([{ kind: 'task cycle', hung }]);
  });

  test.each(['first_of_two', 'locked'])('%s: no circle', async (scenario) => {
    const { pid } = await start(python, scenario);
    expect((await why(pid)).findings).toEqual([]);
  });

  test('the text of a dump, and the verb of the REPL', async () => {
    const { pid } = await start(python, 'pair');
    const { out } = await runSleeper(['dump', String(pid)]);
    expect(out).toContain('deadlock of asyncio tasks: "a" waits in wait_for');
    expect(out).toMatch(/^4 tasks in the event loop of thread \d+ "MainThread":$/m);
    expect(out).toMatch(/^ {2}waits for task "a":\n {4}"b", "c"$/m);

    const table = await runSleeper(['repl', String(pid)], { input: 'tasks\ntasks b\ntasks nobody\n' });
    expect(table.out).toMatch(/^"a" +wait_for \(\S+:\d+\) +waits for task "b"$/m);
    expect(table.out).toMatch(/^Task "b" {2}waits for task "a"\n {2}wait_for \(/m);
    expect(table.out).toContain('There is no task nobody.');
  });
});

const servers = new Servers();
afterAll(() => servers.remove());

servers.test('uvloop', 'the tasks of a loop of uvloop', async () => {
  target = await startTarget(debianPython, 'asyncio_zoo.py', ['pair', 'uvloop']);
  const report = await why(target.pid);
  expect(report.findings).toMatchObject([{ kind: 'task cycle', tids: [target.pid] }]);
  expect(report.threads[0]?.doing).toContain('(4 tasks: 3 for other tasks, 1 in Event.wait())');
});
