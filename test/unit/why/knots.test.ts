import { expect, test } from '@jest/globals';
import type { Frame } from '../../../src/model/agentReport.js';
import type { Thread } from '../../../src/model/snapshot.js';
import type { Value } from '../../../src/model/value.js';
import { explain } from '../../../src/why/explain.js';
import { aFrame, aSnapshot, aThread, aVariable, noKernelFacts } from '../../support/snapshots.js';

/** A lock; who waits for it sleeps 16 bytes further on. */
function aLock(address: number): Value {
  const text = `0x${address.toString(16)}`;
  return {
    ...{ type: 'lock', address: text, repr: `<locked _thread.lock object at ${text}>`, how: 'raw' },
    lock: { kind: 'Lock', locked: true, owner: null, count: null, futex: `0x${(address + 16).toString(16)}` },
  };
}

const shared = `<Bank object at 0x900 {'a': ${aLock(0x100).repr}, 'b': ${aLock(0x200).repr}}>`;
const bank = [aVariable('self', shared)];
const farAway = [aVariable('self', `<Worker object at 0x910 {'pool': [${shared}]}>`)];

interface Waiting {
  readonly variables?: Frame['variables'];
  readonly timeout?: string;
  readonly lastRanMsAgo?: number;
}

function wants(
  tid: number,
  address: number,
  { variables = bank, timeout = 'infinite', lastRanMsAgo = 5000 }: Waiting = {},
): Thread {
  const lock = aLock(address);
  const futex = lock.lock?.futex ?? null;
  return aThread(tid, `t${tid}`, {
    python: { frames: [aFrame({ variables, calledLocks: [lock] })] },
    kernel: {
      systemCall: { number: 202, name: 'futex', arguments: [`timeout=${timeout}`], fds: [], futex },
      lastRanMsAgo,
    },
  });
}

/** A thread that runs, with some variables. */
function runs(tid: number, variables: Frame['variables'] = []): Thread {
  return aThread(tid, `t${tid}`, { python: { frames: [aFrame({ variables })] }, kernel: { state: 'R' } });
}

/** A third that wants one of the two locks, so that nobody knows who has the other one. */
const third = wants(3, 0x300, { variables: bank });

function found(...threads: Thread[]): { hung: boolean; tids: readonly number[] } {
  const { verdict, findings } = explain(aSnapshot({ threads: [...threads, runs(9)] }), noKernelFacts);
  return { hung: verdict === 'hung', tids: findings.find(({ kind }) => kind === 'deadlock')?.tids ?? [] };
}

const fourth = wants(4, 0x100, { variables: [aVariable('lock', '', aLock(0x300)), ...bank] });
const five = [wants(1, 0x100), wants(2, 0x200), third, fourth];

test('whoever has the locks, if all that could have them wait for them', () => {
  expect(found(...five)).toEqual({ hung: true, tids: [1, 2, 3, 4] });
});

test('a second circle that one of the first could be in is told for itself', () => {
  const other = [
    aVariable('self', `<Till object at 0x930 {'c': ${aLock(0x300).repr}, 'd': ${aLock(0x400).repr}}>`),
  ];
  const [first, second] = [wants(1, 0x100), wants(2, 0x200)];
  const threads = [
    first,
    second,
    wants(3, 0x500, { variables: bank }),
    wants(4, 0x300, { variables: other }),
  ];
  const joins = wants(5, 0x100, { variables: [...bank, ...other, aVariable('e', '', aLock(0x500))] });
  const { findings } = explain(
    aSnapshot({ threads: [...threads, wants(6, 0x400, { variables: other }), joins, runs(9)] }),
    noKernelFacts,
  );
  expect(findings.map(({ kind, tids }) => [kind, tids])).toEqual([
    ['deadlock', [1, 2, 3, 5]],
    ['deadlock', [4, 6]],
  ]);
});

test('not if a thread that goes on could have one of them', () => {
  for (const variables of [bank, farAway]) {
    const { text, findings } = explain(aSnapshot({ threads: [...five, runs(5, variables)] }), noKernelFacts);
    expect(text).toMatch(/^not hung/);
    expect(findings.map(({ kind, hung, tids }) => [kind, hung, tids])).toEqual([
      ['deadlock', false, [1, 2, 3, 4]],
    ]);
    expect(findings[0]?.text).toMatch(
      /^perhaps a deadlock: .*; they wait for each other, unless "t5" \(5\) has /,
    );
  }
});

test('not if a wait has a timeout, or has only just begun', () => {
  const rest = five.slice(1);
  for (const first of [{ timeout: '5s' }, { lastRanMsAgo: 100 }])
    expect(found(wants(1, 0x100, first), ...rest)).toEqual({ hung: false, tids: [2, 3, 4] });
});

test('not if the locks only belong to something that the threads know of, as those that wake the workers of a pool', () => {
  const workers = [0x100, 0x200, 0x100, 0x200].map((lock, index) =>
    wants(index + 1, lock, { variables: farAway }),
  );
  expect(found(...workers)).toEqual({ hung: false, tids: [] });
});

test('who waits to be notified has released the lock of the Condition', () => {
  const self = aVariable('self', `<Condition object at 0x920 {'_lock': ${aLock(0x100).repr}}>`, {
    type: 'Condition',
  });
  const notified = aThread(5, 't5', {
    python: {
      frames: [
        aFrame({ module: 'threading', function: 'wait', variables: [self] }),
        aFrame({ variables: bank, stackLocks: [aLock(0x100)] }),
      ],
    },
    kernel: { state: 'R' },
  });
  expect(
    explain(aSnapshot({ threads: [wants(1, 0x100), notified] }), noKernelFacts).threads[0]?.doing,
  ).not.toMatch(/held by|within reach/);
});
