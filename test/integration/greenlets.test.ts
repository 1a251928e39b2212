import { afterAll, afterEach, describe, expect } from '@jest/globals';
import type { Greenlet } from '../../src/model/greenlet.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { runSleeper } from '../support/cli.js';
import { debianPython, Servers } from '../support/servers.js';
import { startTarget, type Target } from '../support/target.js';

/** What test/targets/greenlets.py says of each of its greenlets. */
interface Told {
  readonly address: string;
  readonly name: string | null;
  readonly started: boolean;
  readonly dead: boolean;
  readonly running?: boolean;
  readonly parent: string | null;
  readonly main: boolean;
  readonly frames: readonly (readonly [string, number])[];
  readonly thread: number;
}

const servers = new Servers();
let target: Target | null = null;
afterEach(() => target?.kill());
afterAll(() => servers.remove());

async function dumped(pid: number): Promise<Snapshot> {
  const { code, out, err } = await runSleeper(['dump', String(pid), '--json']);
  expect({ code, err }).toMatchObject({ code: 0 });
  return JSON.parse(out) as Snapshot;
}

function stateOf({ running, started }: Told): Greenlet['state'] {
  if (running === true) return 'running';
  return started ? 'suspended' : 'not started';
}

function placesOf({ frames }: Greenlet): unknown[] {
  return frames.map((frame) => ('error' in frame ? frame.error : [frame.function, frame.line]));
}

describe('greenlets', () => {
  servers.test(
    'greenlet',
    'every one is found in its state and thread, with the stack that it says it has',
    async () => {
      target = await startTarget(debianPython, 'greenlets.py', ['2']);
      const told = (JSON.parse(target.ready) as { greenlets: Told[] }).greenlets.filter(({ dead }) => !dead);
      const { greenlets, threads, warnings } = await dumped(target.pid);
      const identOf = (tid: number | null): number | undefined =>
        threads.find((thread) => thread.tid === tid)?.python?.ident;
      const found = greenlets?.map((each) => ({
        ...{
          address: each.address,
          name: each.name,
          main: each.main,
          parent: each.parent,
          state: each.state,
        },
        ...{ thread: identOf(each.tid), frames: placesOf(each) },
      }));
      const expected = told.map((each) => ({
        ...{ address: each.address, name: each.name, main: each.main, parent: each.parent },
        ...{ state: stateOf(each), thread: each.thread, frames: each.frames },
      }));
      expect(new Map(found?.map((each) => [each.address, each]))).toEqual(
        new Map(expected.map((each) => [each.address, each])),
      );
      expect(expected.length).toBe(27);
      expect(warnings).toEqual([]);
      expect(await target.end()).toBe(0);
      expect(await target.output).toBe('done\n');
    },
  );

  servers.test(
    'greenlet',
    'while they switch all the time, each stack is one that the program has, and the program stays right',
    async () => {
      target = await startTarget(debianPython, 'greenlet_storm.py');
      let seen = 0;
      for (let i = 0; i < 8; i++) {
        const { greenlets = [] } = await dumped(target.pid);
        const suspended = greenlets.filter(({ state, main }) => state === 'suspended' && !main);
        for (const { frames } of suspended) {
          const functions = frames.map((frame) => ('error' in frame ? frame.error : frame.function));
          expect(functions.join(' ')).toMatch(/^leaf( down){1,7} run$/);
          const depths = frames.flatMap((frame) =>
            'error' in frame ? [] : (frame.variables ?? []).filter(({ name }) => name === 'depth'),
          );
          const values = new Set(depths.map((each) => ('error' in each ? each.error : each.repr)));
          expect([...values]).toEqual([String(functions.length - 3)]);
        }
        seen += suspended.length;
      }
      expect(seen).toBeGreaterThan(40);
      expect(await target.end()).toBe(0);
      expect(await target.output).toBe('right\n');
    },
  );
});
