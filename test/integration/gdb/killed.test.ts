import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ask } from '../../../src/agent/client.js';
import { GdbSession } from '../../../src/gdb/session.js';
import { childrenOf } from '../../../src/target/childProcesses.js';
import { anyPython } from '../../support/pythons.js';
import { startTarget, statusOf } from '../../support/target.js';
import { until } from '../../support/until.js';
import {
  buildStub,
  findGdbs,
  startStubTarget,
  stubRequest,
  type StubBuild,
  type StubTarget,
} from './stubTarget.js';

const register = fileURLToPath(new URL('../../support/register-ts-node.mjs', import.meta.url));
const program = fileURLToPath(new URL('./dumpForever.ts', import.meta.url));

let build: StubBuild;
let target: StubTarget;
beforeAll(async () => {
  build = buildStub();
  target = await startStubTarget(build);
});
afterAll(() => {
  target.kill();
  build.remove();
});

// The moments differ by what they fall on: attaching, the call, detaching. Whatever it is, gdb finishes it alone.
test.each(findGdbs())('%s: the target goes on when the CLI is killed', async (gdb) => {
  for (const delayMs of [0, 2, 5, 9]) {
    const args = ['--import', register, program, String(target.pid), String(target.control), gdb];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TS_NODE_TRANSPILE_ONLY: '1', NODE_OPTIONS: '' },
    });
    const line = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    const gdbPid = Number(line.value);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    child.kill('SIGKILL');
    await until(() => !existsSync(`/proc/${String(gdbPid)}`));
    expect(statusOf(target.pid).tracerPid).toBe(0);
    await target.assertWell();
  }
});

// The SIGSTOP that a poke begins with is still on its way when both die: it stops the target then, and nobody else is
// left who knows of it.
test('the target goes on when the CLI and gdb are killed and the signal that stops it has just been sent', async () => {
  const program = fileURLToPath(new URL('./interruptOnce.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', register, program, String(target.pid), 'gdb'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TS_NODE_TRANSPILE_ONLY: '1', NODE_OPTIONS: '' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gdbPid = Number((await lines.next()).value);
  process.kill(gdbPid, 'SIGSTOP');
  await until(() => statusOf(gdbPid).state === 'T');
  child.stdin.write('now\n');
  expect((await lines.next()).value).toBe('sent');
  // In a stop that gdb, itself stopped, does not see.
  await until(() => statusOf(target.pid).state === 't');
  child.kill('SIGKILL');
  process.kill(gdbPid, 'SIGKILL');
  await until(() => !existsSync(`/proc/${String(gdbPid)}`));
  await until(() => statusOf(target.pid).tracerPid === 0 && statusOf(target.pid).state !== 'T');
  await target.assertWell();
});

// The kernel has stopped the child for a tracer that is dead, and the process waits for its child for ever.
test('a child goes on that was just being forked when gdb was killed', async () => {
  const parent = await startTarget(anyPython().executable, 'fork_when_told.py', [], { bare: true });
  const session = GdbSession.start({ deadlines: { start: 60_000 } });
  try {
    await session.attach(parent.pid);
    await session.continue();
    process.kill(session.gdbPid, 'SIGSTOP');
    await until(() => statusOf(session.gdbPid).state === 'T');
    parent.child.stdin?.write('now\n');
    // It has forked, and waits for gdb to know of it.
    await until(() => childrenOf(parent.pid).length === 1 && statusOf(parent.pid).state === 't');
    process.kill(session.gdbPid, 'SIGKILL');
    await session.close();
    expect(await parent.end()).toBe(0);
    expect(await parent.output).toBe('7\n');
  } finally {
    parent.kill();
    await session.close();
  }
});

// The thread that serves the request finds nobody at the end, and goes back to what it was interrupted in by itself:
// that is the stub's doing, whichever gdb it was.
test('the target goes on when gdb is killed at any moment of a call', async () => {
  for (let round = 0; round < 25; round += 2) {
    const session = GdbSession.start({ deadlines: { start: 60_000 } });
    await session.ready;
    const answer = ask(session, target, { kind: stubRequest.busy, flags: 12_000 }).catch(() => null);
    // Spread over the attach, the call, and the time after it.
    await new Promise((resolve) => setTimeout(resolve, round));
    process.kill(session.gdbPid, 'SIGKILL');
    await answer;
    await session.close();
    await until(() => statusOf(target.pid).tracerPid === 0);
    await target.assertWell();
  }
});
