import { expect, test } from '@jest/globals';
import { treeErrors } from '../../../src/treeErrors.js';
import type { Inspected, TreeProcess } from '../../../src/model/processTree.js';
import type { WhyReport, WhyThread } from '../../../src/model/why.js';
import { renderWhyTree } from '../../../src/render/renderWhyTree.js';
import { aSnapshot } from '../../support/snapshots.js';

const options = { colour: false, width: 100 };

function aProcess(pid: number, depth: number): TreeProcess {
  return { pid, depth, parentPid: depth === 0 ? 1 : 100, command: 'python3', argv: ['python3', 'shop.py'] };
}

function waits(pid: number, kind: 'descriptor' | 'lock', line: number): WhyThread {
  const wait = { for: kind, what: `x${pid}`, address: null, timeout: false, heldBy: null };
  const place = { function: 'serve', file: 'shop.py', line };
  return {
    tid: pid,
    name: 'MainThread',
    python: true,
    doing: `waits (${pid})`,
    place,
    forMs: pid,
    waits: wait,
  };
}

function described(
  pid: number,
  depth: number,
  verdict: WhyReport['verdict'] = 'not hung',
  line = 7,
): Inspected<WhyReport> {
  const { sleeperVersion, takenAt, stoppedUs, process } = aSnapshot();
  const result: WhyReport = {
    schemaVersion: 1,
    ...{ sleeperVersion, takenAt, stoppedUs, process: { ...process, pid } },
    ...{ verdict, text: `${verdict}: this of ${pid}`, warnings: [] },
    findings:
      verdict === 'hung' ? [{ kind: 'deadlock', hung: true, inferred: false, tids: [], text: '' }] : [],
    threads: [waits(pid, verdict === 'hung' ? 'lock' : 'descriptor', line)],
  };
  return { kind: 'described', process: aProcess(pid, depth), result };
}

function overview(inspected: Inspected<WhyReport>[]): string[] {
  return (renderWhyTree(inspected, options).split('\n\n')[1] ?? '').trimEnd().split('\n');
}

test('how many hang comes first', () => {
  const first = (...fleet: Inspected<WhyReport>[]) => renderWhyTree(fleet, options).split('\n')[0];
  const [well, hung, too] = [described(101, 0), described(102, 0, 'hung'), described(103, 0, 'hung', 8)];
  expect(first(well, described(104, 0))).toBe('None of 2 processes hangs.');
  expect(first(well, hung)).toBe('1 of 2 processes hangs: 102');
  expect(first(hung, well, too)).toBe('2 of 3 processes hang: 102, 103');
  expect(first(well)).toBe('101 python3 shop.py  not hung: this of 101');
});

test('workers that do the same are told once, beside the one that hangs', () => {
  const fleet = [
    described(100, 0),
    ...[101, 102, 103].map((pid) => described(pid, 1)),
    described(104, 1, 'hung'),
    described(105, 1),
  ];
  expect(overview(fleet)).toEqual([
    '100 python3 shop.py  not hung: this of 100',
    '  101 python3 shop.py  not hung: this of 101',
    '    the same: 102, 103, 105 (4 of 5 processes below 100)',
    '  104 python3 shop.py  hung: this of 104',
  ]);
  expect(renderWhyTree(fleet, options).match(/^Process \d+/gm)).toEqual(['Process 104']);
});

test('who has other greenlets or tasks, or others wait in them, stands for itself', () => {
  const place = { function: 'pay', file: 'shop.py', line: 9 };
  const greenlet = { address: '0x1', tid: 1, name: null, doing: 'waits', place, waits: null };
  const task = { address: '0x2', tid: 1, name: 'a', coroutine: 'pay', doing: 'runs', place, waits: null };
  const having = (pid: number, more: Partial<WhyReport>): Inspected<WhyReport> => {
    const each = described(pid, 0);
    return each.kind === 'described' ? { ...each, result: { ...each.result, ...more } } : each;
  };
  const fleet = [
    having(101, { greenlets: [greenlet] }),
    having(102, { greenlets: [{ ...greenlet, place: { ...place, line: 10 } }] }),
    having(103, { greenlets: [{ ...greenlet, address: '0x3' }] }),
    having(104, { tasks: [task] }),
    having(105, {}),
  ];
  expect(overview(fleet).map((line) => line.split('  ')[0])).toEqual([
    '101 python3 shop.py',
    '',
    ...[102, 104, 105].map((pid) => `${pid} python3 shop.py`),
  ]);
  expect(overview(fleet)[1]).toContain('the same: 103 ');
});

test('several that hang in the same way are shown once', () => {
  const text = renderWhyTree(
    [101, 102].map((pid) => described(pid, 0, 'hung')),
    options,
  );
  expect(text.match(/^Process \d+/gm)).toEqual(['Process 101']);
  expect(text).toContain('\n  the same: 102 (2 of 2 processes below 1)\n');
});

test('who is at another line, has processes below it, or could not be looked into stands for itself', () => {
  const error = treeErrors.tooManyProcesses(104, 256);
  expect(
    overview([
      described(101, 0),
      described(102, 0, 'not hung', 8),
      described(103, 0),
      described(110, 1),
      { kind: 'failed', process: aProcess(104, 0), error },
    ]),
  ).toEqual([
    '101 python3 shop.py  not hung: this of 101',
    '102 python3 shop.py  not hung: this of 102',
    '103 python3 shop.py  not hung: this of 103',
    '  110 python3 shop.py  not hung: this of 110',
    `104 python3 shop.py  ${error.message}`,
  ]);
});

test('a long list is wrapped', () => {
  const fleet = Array.from({ length: 40 }, (_, index) => described(1000 + index, 1));
  const lines = overview(fleet);
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.every((line) => line.length <= options.width && line.startsWith('  '))).toBe(true);
});
