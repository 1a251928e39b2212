import { expect, test } from '@jest/globals';
import stripAnsi from 'strip-ansi';
import { errors } from '../../../src/errors.js';
import type { Greenlet } from '../../../src/model/greenlet.js';
import type { Inspected, TreeProcess } from '../../../src/model/processTree.js';
import type { Snapshot, Thread } from '../../../src/model/snapshot.js';
import { renderTree } from '../../../src/render/renderTree.js';
import { displayWidth } from '../../../src/render/width.js';
import { expectGolden } from '../../support/golden.js';
import { aGreenlet } from '../../support/greenlets.js';
import { aFrame, aSnapshot, aThread, aVariable } from '../../support/snapshots.js';

function aProcess(pid: number, parentPid: number, depth: number, ...argv: string[]): TreeProcess {
  return { pid, parentPid, depth, command: 'gunicorn', argv };
}

/** Blocked in a system call for some time, in a function. */
function waiting(pid: number, call: string, name: string, ms: number): Thread {
  return aThread(pid, 'MainThread', {
    kernel: {
      systemCall: { number: 0, name: call, arguments: ['fd=5'], fds: [5], futex: null },
      lastRanMsAgo: ms,
    },
    python: {
      frames: [
        aFrame({
          function: name,
          file: '/srv/app/web.py',
          line: 7,
          variables: [aVariable('pid', String(pid))],
        }),
      ],
    },
  });
}

function described(
  process: TreeProcess,
  threads: Thread[],
  more: Partial<Snapshot> = {},
): Inspected<Snapshot> {
  const whole = aSnapshot({ threads, ...more });
  const { pid, parentPid } = process;
  const result = {
    ...whole,
    process: { ...whole.process, pid, parentPid: parentPid ?? 0, argv: [...process.argv] },
  };
  return { kind: 'described', process, result };
}

const worker = 'gunicorn: worker [site:app]';
const fleet: Inspected<Snapshot>[] = [
  described(aProcess(4100, 1, 0, 'gunicorn: master [site:app]'), [waiting(4100, 'select', 'sleep', 900)]),
  described(aProcess(4102, 4100, 1, worker), [waiting(4102, 'accept4', 'accept', 31_000)]),
  described(aProcess(4103, 4100, 1, worker), [waiting(4103, 'accept4', 'accept', 12)]),
  described(aProcess(4104, 4100, 1, worker), [waiting(4104, 'recvfrom', 'query', 3_000_000)]),
  {
    kind: 'notPython',
    process: aProcess(4110, 4104, 2, 'sh', '-c', 'convert \u001b]0;x\u0007 in.png'),
    error: errors.notPython(4110, 'sh', '/bin/sh'),
  },
  described(aProcess(4105, 4100, 1, worker), [waiting(4105, 'accept4', 'accept', 2_000)]),
  { kind: 'failed', process: aProcess(4106, 4100, 1), error: errors.zombie(4106, 'gunicorn', 4100) },
];

const options = { colour: false, width: 100, hangsOf: () => null, sourceLinesOf: () => () => null };

test('an overview, then each process; those with the same stacks once', () => {
  const text = renderTree(fleet, options);
  expectGolden(text, 'render/tree.txt');
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(100);
});

test('a narrow terminal, a pipe, and colours change the form only', () => {
  const narrow = renderTree(fleet, { ...options, width: 50 });
  for (const line of narrow.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(50);
  expect(renderTree(fleet, { ...options, width: Infinity })).toContain(
    'Process 4106 (gunicorn) has ended; only its exit status is left (a zombie).\n',
  );
  expect(stripAnsi(renderTree(fleet, { ...options, colour: true }))).toBe(renderTree(fleet, options));
});

test('of one that hangs the overview says so', () => {
  const hangsOf = ({ process: { pid } }: Snapshot) =>
    pid === 4104 ? 'deadlock: x\u001b[2J\nlost lock: y' : null;
  const lines = renderTree(fleet, { ...options, hangsOf }).split('\n');
  expect(lines[3]).toBe("  4104 'gunicorn: worker [site:app]'  deadlock: x\\x1b[2J lost lock: y");
  expect(lines[2]).toContain('blocked in accept4');
});

test('one more thread, or another line, makes another stack', () => {
  const one = described(aProcess(1, 0, 0, 'a'), [waiting(1, 'read', 'f', 0)]);
  const two = described(aProcess(2, 0, 0, 'a'), [waiting(2, 'read', 'f', 0), waiting(3, 'read', 'f', 0)]);
  const swapped = described(aProcess(4, 0, 0, 'a'), [waiting(4, 'read', 'g', 0), waiting(5, 'read', 'f', 0)]);
  const back = described(aProcess(6, 0, 0, 'a'), [waiting(6, 'read', 'f', 0), waiting(7, 'read', 'g', 0)]);
  const headings = renderTree([one, two, swapped, back], options).match(/^── .*$/gm);
  expect(headings).toEqual(['── 1', '── 2', '── 2 of 4 processes have the same stacks: 4, 6']);
});

test('what greenlets do counts, not who they are, nor in which order they were found', () => {
  const at = (address: string, line: number) =>
    aGreenlet(address, {
      name: `worker-${address}`,
      frames: [aFrame({ line, variables: [aVariable('n', address)] })],
    });
  const idle = (pid: number, ...greenlets: Greenlet[]) =>
    described(aProcess(pid, 0, 0, 'a'), [waiting(pid, 'epoll_wait', 'run', 0)], { greenlets });
  const all = [
    idle(1, at('0x1', 12), at('0x2', 20)),
    idle(2, at('0x3', 12)),
    idle(3, at('0x4', 12), at('0x5', 21)),
    idle(4, at('0x6', 20), at('0x7', 12)),
    idle(5, at('0x8', 12), { ...at('0x9', 20), state: 'not started', frames: [] }),
  ];
  const headings = renderTree(all, options).match(/^── .*$/gm);
  expect(headings).toEqual(['── 2 of 5 processes have the same stacks: 1, 4', '── 2', '── 3', '── 5']);
});
