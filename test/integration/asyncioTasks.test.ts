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

/** One of each way to know what a task is inside of: blocks, the exception table, that with an entry for each await. */
const ofLocks = findPythons().filter(
  ({ version, short }, index, all) =>
    /^3\.(8|11|15)\./.test(version) && all.findIndex((each) => each.short === short) === index,
);

describe.each(ofLocks)('locks of asyncio, on $label', (python) => {
  test('two tasks that want the lock that the other one has, and one that waits behind', async () => {
    const { pid } = await start(python, 'locks_of_two');
    const report = await why(pid);
    expect(report.findings).toMatchObject([{ kind: 'task cycle', hung: true, inferred: true, tids: [pid] }]);
    expect(report.text).toMatch(/^deadlock of asyncio tasks: "a" waits in (Transfer\.)?take \(/);
    expect(report.text).toMatch(
      / for Lock 0x\w+, held by "b" \(inferred\), which waits in .* for Lock 0x\w+, held by "a" \(inferred\); 1 task waits behind$/,
    );
  });

  test('a lock that is wanted twice', async () => {
    const { pid } = await start(python, 'lock_twice');
    const report = await why(pid);
    expect(report.findings).toMatchObject([{ kind: 'task cycle', hung: true, inferred: true }]);
    expect(report.text).toMatch(
      /"twice" waits in .*twice \(asyncio_zoo.py:\d+\) for Lock 0x\w+, which it holds itself \(inferred\)$/,
    );
  });

  test('locks that are taken in the same order, and those of conditions', async () => {
    const { pid } = await start(python, 'locks_in_order');
    const report = await why(pid);
    expect(report.findings).toEqual([]);
    const doing = new Map(report.tasks?.map((task) => [task.name, task.doing]));
    expect(doing.get('two')).toMatch(/for Lock 0x\w+, held by task "one" \(inferred\)$/);
    expect(doing.get('three')).toMatch(/for Lock 0x\w+, held by task "one" \(inferred\)$/);
    expect(doing.get('waits')).toMatch(/for Condition 0x\w+ to be notified$/);
    expect(doing.get('other')).toMatch(/for Lock 0x\w+, held by task "owns" \(inferred\)$/);
  });
});

describe('on one Python', () => {
  const python = anyPython();

  test.each([
    ['gathered', true],
    ['limited', false],
    ['locks_of_three', true],
    ['locks_and_task', true],
    ['locks_limited', false],
  ])('%s: a circle that hangs: %s', async (scenario, hung) => {
    const { pid } = await start(python, scenario);
    expect((await why(pid)).findings).toMatchObject([{ kind: 'task cycle', hung }]);
  });

  test.each(['first_of_two', 'locked', 'locks_by_hand'])('%s: no circle', async (scenario) => {
    const { pid } = await start(python, scenario);
    expect((await why(pid)).findings).toEqual([]);
  });

  test('the text of a dump, and the verb of the REPL', async () => {
    const { pid } = await start(python, 'pair');
    const { out } = await runSleeper(['dump', String(pid)]);
    expect(out).toContain('deadlock of asyncio tasks: "a" waits in wait_for');
    expect(out).toMatch(/^4 tasks in the event loop of thread \d+ "MainThread":$/m);
    expect(out).toMatch(
      /^ {2}waits for task "a":\n {4}"b"\n {2}waits for task "a"; nobody awaits it:\n {4}"c"$/m,
    );

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
