import { afterEach, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { dump } from '../../../src/usecases/dump.js';
import { anyPython } from '../../support/pythons.js';
import { until } from '../../support/until.js';
import { startLive, type LiveProcess } from './liveProcess.js';

let target: LiveProcess | undefined;
afterEach(() => target?.kill());

function dumped(pid: number): Promise<Snapshot> {
  return dump(pid, {
    ...{ locals: false, globals: false, fds: true, sleeperVersion: 'test' },
    signal: new AbortController().signal,
    beforeInjection: () => Promise.resolve(),
    log: () => undefined,
  });
}

const warningsOf = ({ warnings }: Snapshot) => warnings.filter(({ where }) => where === 'threads');
const namesOf = ({ threads }: Snapshot) => threads.map(({ kernel, python }) => python?.name ?? kernel?.name);

test('somebody else who looks during a session sees the program, and what the session evaluates in it', async () => {
  target = await startLive(anyPython().executable);
  const { pid } = target;
  const before = await dumped(pid);
  expect(warningsOf(before)).toEqual([]);
  const live = await target.open();
  const evaluate = (source: string) => live.evaluate({ frame: null, mode: 'expression', source });
  await evaluate('1+1');
  const [service] = target.threads().filter((tid) => !before.threads.some((each) => `${each.tid}` === tid));

  const idle = await dumped(pid);
  expect(namesOf(idle)).toEqual(namesOf(before));
  expect(idle.fds).toHaveLength(before.fds?.length ?? 0);
  expect(warningsOf(idle)).toEqual([
    { where: 'threads', message: expect.stringContaining(`its thread ${service} is left out`) as unknown },
  ]);

  const evaluating = evaluate('locked.acquire()');
  await until(() => target?.threads().length === before.threads.length + 2);
  let busy = await dumped(pid);
  // It may just be on its way to the lock.
  while (!busy.threads.some(({ python }) => JSON.stringify(python?.frames).includes('<expression>')))
    busy = await dumped(pid);
  expect(namesOf(busy)).toEqual([...namesOf(before), 'sleeper']);
  expect(await target.tell('unlock')).toBe('None');
  expect(await evaluating).toMatchObject({ kind: 'answer', value: { value: { text: 'True' } } });

  await live.close();
  await until(() => target?.threads().length === before.threads.length);
  expect(warningsOf(await dumped(pid))).toEqual([]);
  expect(await target.end()).toBe(0);
});
