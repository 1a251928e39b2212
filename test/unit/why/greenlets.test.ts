import { expect, test } from '@jest/globals';
import type { Greenlet } from '../../../src/model/greenlet.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import type { Value } from '../../../src/model/value.js';
import { explain } from '../../../src/why/explain.js';
import { aGreenlet, aWaker } from '../../support/greenlets.js';
import { aFrame, aSnapshot, aThread, aVariable, noKernelFacts } from '../../support/snapshots.js';

const hub = aGreenlet('0xa0', { type: 'Hub', state: 'running', frames: [] });

function explained(greenlets: Greenlet[], more: Partial<Snapshot> = {}): ReturnType<typeof explain> {
  return explain(
    aSnapshot({ threads: [aThread(4242, 'main')], greenlets: [hub, ...greenlets], ...more }),
    noKernelFacts,
  );
}

function kindsOf(report: ReturnType<typeof explain>): string[] {
  return report.findings.map(({ kind, hung }) => (hung ? `${kind}!` : kind));
}

/** A frame inside of a with statement on a lock. */
function within(address: string): ReturnType<typeof aFrame> {
  const lock: Value = { type: 'LockType', typeModule: 'gevent.thread', address, repr: 'lock', how: 'raw' };
  return aFrame({ stackLocks: [lock] });
}

test('greenlets that each have what the other wants are a deadlock', () => {
  const report = explained([
    aGreenlet('0x1', { name: 'ab', waitsFor: aWaker('LockType', '0xb'), frames: [within('0xa')] }),
    aGreenlet('0x2', {
      name: 'ba',
      waitsFor: aWaker('RLock', '0xa0a', { owner: '0x3' }),
      frames: [within('0xb')],
    }),
    aGreenlet('0x3', { waitsFor: aWaker('Greenlet', '0x1') }),
  ]);
  expect(kindsOf(report)).toEqual(['deadlock!']);
  expect(report.findings[0]).toMatchObject({
    inferred: true,
    tids: [4242],
    greenlets: ['0x1', '0x2', '0x3'],
  });
});

test('a deadlock ends where a wait has a timeout', () => {
  const acquire = aFrame({
    function: 'acquire',
    module: 'gevent.thread',
    variables: [aVariable('timeout', '2.5')],
  });
  const report = explained([
    aGreenlet('0x1', { waitsFor: aWaker('LockType', '0xb'), frames: [acquire, within('0xa')] }),
    aGreenlet('0x2', { waitsFor: aWaker('LockType', '0xa'), frames: [within('0xb')] }),
  ]);
  expect(kindsOf(report)).toEqual(['deadlock']);
});

test('a Lock that nobody is seen to have is lost, a Semaphore only if nobody else goes on', () => {
  const waits = (type: string): Greenlet => aGreenlet('0x1', { waitsFor: aWaker(type, '0xb') });
  const sleeps = aGreenlet('0x2', { waitsFor: aWaker('timer', '0xc') });
  expect(kindsOf(explained([waits('LockType'), sleeps]))).toEqual(['lost owner!']);
  expect(kindsOf(explained([waits('Semaphore'), sleeps]))).toEqual(['lost owner']);
  expect(kindsOf(explained([waits('Semaphore')]))).toEqual(['lost owner!']);
});

test('a lock is not lost that a class of the library or of gevent waits by', () => {
  const of = (module: string, name: string): Greenlet['frames'][number] => aFrame({ module, function: name });
  const waiting = (...frames: Greenlet['frames']): Greenlet =>
    aGreenlet('0x1', { waitsFor: aWaker('LockType', '0xb'), frames });
  const acquire = of('gevent.thread', 'acquire');
  for (const caller of [of('threading', '_wait_for_tstate_lock'), of('gevent.pool', 'spawn')])
    expect(kindsOf(explained([waiting(acquire, caller, aFrame())]))).toEqual([]);
  expect(kindsOf(explained([waiting(acquire, aFrame())]))).toEqual(['lost owner!']);
});

test('nothing is lost for sure while greenlets may be missing', () => {
  const waits = aGreenlet('0x1', { waitsFor: aWaker('LockType', '0xb') });
  const warnings = [{ where: 'greenlets', message: 'the program has very many objects' }];
  expect(kindsOf(explained([waits], { warnings }))).toEqual([]);
});

test('the running greenlet may have a lock, in the frames of its thread', () => {
  const thread = aThread(4242, 'main', { python: { frames: [within('0xb')] } });
  const report = explained([aGreenlet('0x1', { waitsFor: aWaker('LockType', '0xb') })], {
    threads: [thread],
  });
  expect(kindsOf(report)).toEqual(['queued']);
});

test('locks of several holders are those of somebody', () => {
  const report = explained([
    aGreenlet('0x1', { waitsFor: aWaker('BoundedSemaphore', '0xb') }),
    aGreenlet('0x2', { frames: [within('0xb')] }),
    aGreenlet('0x3', { frames: [within('0xb')] }),
  ]);
  expect(kindsOf(report)).toEqual([]);
  expect(report.text).toMatch(/3 greenlets: 2 wait for something else, 1 waits for locks$/);
});

test('a process without greenlet has no greenlets in its report', () => {
  expect(explain(aSnapshot({ threads: [aThread(4242, 'main')] }), noKernelFacts)).not.toHaveProperty(
    'greenlets',
  );
});
