import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from '@jest/globals';
import { snapshot, type Snapshot } from '../../src/model/snapshot.js';
import { findPythons, type Python } from '../support/pythons.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { footprint, sleeper, startTarget, type Target } from '../support/target.js';

/** What test/targets/oracle.py says of itself. */
interface Oracle {
  pid: number;
  version: string;
  hexVersion: number;
  main: number;
  threads: {
    name: string;
    ident: number;
    daemon: boolean;
    tid: number | null;
    frames: {
      function: string;
      qualifiedName: string | null;
      file: string;
      line: number;
      module: string;
      locals: Record<string, { type: string; repr: string | null }>;
    }[];
  }[];
  gc: { enabled: boolean; threshold: number[] };
  switchInterval: number | null;
  fds: number[];
}

type PythonThread = NonNullable<Snapshot['threads'][number]['python']>;
type ReadableFrame = Exclude<PythonThread['frames'][number], { error: string }>;

let target: Target | undefined;
afterEach(() => {
  target?.kill();
  target = undefined;
});

function dump(pid: number, ...options: string[]): Snapshot {
  const json = execFileSync(sleeper, ['dump', String(pid), '--json', ...options], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return snapshot.parse(JSON.parse(json));
}

function readable(frame: PythonThread['frames'][number]): ReadableFrame {
  if ('error' in frame) throw new Error(`a frame could not be read: ${frame.error}`);
  return frame;
}

function pythonThreads(
  dumped: Snapshot,
): Map<number, Snapshot['threads'][number] & { python: PythonThread }> {
  return new Map(
    dumped.threads.flatMap((thread) =>
      thread.python === null ? [] : [[thread.python.ident, { ...thread, python: thread.python }] as const],
    ),
  );
}

/** What the target could not see of its own main thread: it was busy describing itself. */
const isMain = (oracle: Oracle, ident: number): boolean => ident === oracle.main;

/** `eval(repr) == value`, asked of the same Python. */
function evaluateEqual(python: Python, pairs: [printed: string, expected: string][]): string[] {
  const program = `
# -*- coding: utf-8 -*-
import json, sys
pairs = json.load(sys.stdin)
print(json.dumps([p for p, e in pairs if not (eval(p) == eval(e) and type(eval(p)) is type(eval(e)))]))
`;
  return JSON.parse(
    execFileSync(python.executable, ['-c', program], { encoding: 'utf8', input: JSON.stringify(pairs) }),
  ) as string[];
}

describe.each(findPythons())('dump of $label', (python) => {
  test('agrees with what the target says of itself', async () => {
    target = await startTarget(python.executable, 'oracle.py');
    const oracle = JSON.parse(target.ready) as Oracle;
    const before = footprint(target.pid);

    const dumped = dump(target.pid, '--fds');

    expect(dumped.python.hexVersion).toBe(oracle.hexVersion);
    expect(dumped.process.pid).toBe(oracle.pid);
    // How many other processes could be searched for the ends of pipes is not the target's doing.
    expect(dumped.warnings.filter(({ where }) => where !== 'fds')).toEqual([]);
    const threads = pythonThreads(dumped);
    expect([...threads.keys()].sort()).toEqual(oracle.threads.map(({ ident }) => ident).sort());

    const values: [string, string][] = [];
    for (const expected of oracle.threads) {
      const thread = threads.get(expected.ident);
      if (thread === undefined) throw new Error('unreachable');
      expect(thread.python.name).toBe(expected.name);
      expect(thread.python.daemon).toBe(expected.daemon);
      expect(thread.tid).not.toBeNull();
      if (expected.tid !== null) expect(thread.tid).toBe(expected.tid);
      if (isMain(oracle, expected.ident)) {
        expect(thread.tid).toBe(target.pid);
        continue;
      }
      const frames = thread.python.frames.map(readable);
      expect(frames.map(({ function: name, file, line, module }) => ({ name, file, line, module }))).toEqual(
        expected.frames.map(({ function: name, file, line, module }) => ({ name, file, line, module })),
      );
      expected.frames.forEach((expectedFrame, i) => {
        const frame = frames[i];
        if (expectedFrame.qualifiedName !== null) {
          expect(frame?.qualifiedName).toBe(expectedFrame.qualifiedName);
        }
        const variables = new Map(frame?.variables?.map((variable) => [variable.name, variable]));
        expect([...variables.keys()].sort()).toEqual(Object.keys(expectedFrame.locals).sort());
        for (const [name, local] of Object.entries(expectedFrame.locals)) {
          const variable = variables.get(name);
          if (variable === undefined || 'error' in variable) throw new Error(`${name} could not be read`);
          expect({ name, type: variable.type }).toEqual({ name, type: local.type });
          if (local.repr !== null) values.push([variable.repr, local.repr]);
        }
      });
    }
    expect(values.length).toBeGreaterThan(15);
    expect(evaluateEqual(python, values)).toEqual([]);

    const fds = (dumped.fds ?? []).map(({ fd }) => fd);
    expect(fds).toEqual(before.fds.map(Number).sort((a, b) => a - b));
    expect(dumped.interpreters.map(({ main }) => main)).toEqual([true]);
    expect(dumped.interpreters[0]?.gil.locked).toBe(false);
    if (oracle.switchInterval !== null) {
      expect(dumped.interpreters[0]?.gil.switchIntervalUs).toBe(Math.round(oracle.switchInterval * 1e6));
    }
    expect(dumped.interpreters[0]?.gc.generations.map(({ threshold }) => threshold)).toEqual(
      oracle.gc.threshold,
    );
    expect(dumped.interpreters[0]?.gc.enabled ?? oracle.gc.enabled).toBe(oracle.gc.enabled);

    await sleepsOn(target.pid);
    expect(footprint(target.pid)).toEqual(before);
    expect(await target.end()).toBe(0);
    expect(await target.output).toBe('right at the end\n');
  });

  test('shows the exception that is handled, the kind of each variable, and the locks of with statements', async () => {
    target = await startTarget(python.executable, 'oracle.py');
    const dumped = dump(target.pid);
    const byName = new Map([...pythonThreads(dumped).values()].map((thread) => [thread.python.name, thread]));

    const handling = byName.get('Handling')?.python.handling;
    expect(handling).toMatchObject({ type: 'ValueError' });
    expect(handling?.repr).toContain('the reason');
    expect(byName.get('Values')?.python.handling).toBeNull();

    const kinds = (thread: string, depth: number): Record<string, string> => {
      const frame = byName.get(thread)?.python.frames[depth];
      if (frame === undefined) throw new Error(`${thread} has no frame ${String(depth)}`);
      return Object.fromEntries((readable(frame).variables ?? []).map(({ name, kind }) => [name, kind]));
    };
    expect(kinds('Arguments', 1)).toEqual({
      first: 'argument',
      second: 'argument',
      rest: 'argument',
      named: 'argument',
    });
    expect(kinds('Closure', 1)).toEqual({
      argument: 'argument',
      own: 'local',
      captured: 'free',
      changed: 'free',
    });
    expect(kinds('Closure', 2)).toMatchObject({ captured: 'cell', changed: 'cell' });

    const locked = byName.get('Locked');
    const frame = locked?.python.frames[1];
    if (locked === undefined || frame === undefined) throw new Error('the thread Locked is missing');
    const locks = (readable(frame).stackLocks ?? []).map((found) =>
      'lock' in found ? found.lock : undefined,
    );
    expect(locks).toEqual([
      {
        ...{ kind: 'RLock', locked: true, owner: locked.python.ident, count: 1 },
        futex: expect.stringMatching(/^0x/),
      },
      expect.objectContaining({ kind: 'Lock', locked: true }),
    ]);
    const others = dumped.threads.filter((thread) => thread.python?.name !== 'Locked');
    for (const thread of others) {
      for (const other of thread.python?.frames ?? []) expect(readable(other).stackLocks ?? []).toEqual([]);
    }
  });
});
