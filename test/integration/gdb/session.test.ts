import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { ask } from '../../../src/agent/client.js';
import { readControlBlock, requestKind, writeRequest, agentStatus } from '../../../src/agent/controlBlock.js';
import { gdbArguments } from '../../../src/gdb/gdbArguments.js';
import { startPtyTransport } from '../../../src/gdb/ptyTransport.js';
import { GdbSession } from '../../../src/gdb/session.js';
import type { Trace } from '../../../src/gdb/trace.js';
import { until } from '../../support/until.js';
import { statusOf } from '../../support/target.js';
import {
  buildStub,
  findGdbs,
  startStubTarget,
  stubRequest,
  type StubBuild,
  type StubTarget,
} from './stubTarget.js';

let build: StubBuild;
beforeAll(() => {
  build = buildStub();
});
afterAll(() => build.remove());

const patient = { start: 60_000, attach: 60_000, call: 60_000, step: 60_000 };
const sessions: GdbSession[] = [];
function start(gdb: string, deadlines = {}, trace: Trace | null = null): GdbSession {
  // Beside targets that keep every processor busy, gdb may be kept from running for long.
  const session = GdbSession.start({ gdb, trace, deadlines: { ...patient, ...deadlines } });
  sessions.push(session);
  return session;
}

async function expectLeftAlone(target: StubTarget): Promise<void> {
  expect(statusOf(target.pid).tracerPid).toBe(0);
  expect(statusOf(target.pid).state).not.toMatch(/[Tt]/);
  await target.assertWell();
}

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});

describe.each(findGdbs())('%s', (gdb) => {
  let target: StubTarget;
  beforeAll(async () => {
    target = await startStubTarget(build);
  });
  afterAll(() => target.kill());

  test('a call answers, and the target goes on', async () => {
    const session = start(gdb);
    const answer = await ask(session, target, { kind: requestKind.dump });
    expect(answer).toMatchObject({
      text: '{"begun":true,"done":true}',
      complete: true,
      outcome: { kind: 'returned' },
    });
    expect(answer.stoppedUs).toBeGreaterThan(0);
    await expectLeftAlone(target);
    await session.close();
    expect(session.gdbWasKilled).toBe(false);
    expect(() => process.kill(session.gdbPid, 0)).toThrow('ESRCH');
  });

  // Where the guard may not be traced (ptrace_scope) there is nothing to practise on.
  test('a gdb that has not practised makes the call as well', async () => {
    const transport = startPtyTransport(gdb, gdbArguments, process.env);
    const session = GdbSession.over(transport, { gdb, deadlines: patient });
    sessions.push(session);
    for (let i = 0; i < 2; i++) {
      const answer = await ask(session, target, { kind: requestKind.dump });
      expect(answer).toMatchObject({ complete: true, outcome: { kind: 'returned' } });
      await expectLeftAlone(target);
    }
  });

  test('a call that faults gives what was written, and the target goes on', async () => {
    const session = start(gdb);
    for (let i = 0; i < 5; i++) {
      const answer = await ask(session, target, { kind: requestKind.fault });
      expect(answer).toMatchObject({
        text: '{"begun":true',
        complete: false,
        outcome: { kind: 'faulted', signal: 'SIGSEGV' },
      });
      await expectLeftAlone(target);
    }
    await session.close();
    await expectLeftAlone(target);
  });

  // In a target without signal handlers: one that is under way when the call is broken off stays unfinished.
  test('a call that never comes back is broken off, and the target goes on', async () => {
    const quiet = await startStubTarget(build, ['quiet']);
    const session = start(gdb, { call: 200 });
    for (let i = 0; i < 3; i++) {
      const answer = await ask(session, quiet, { kind: stubRequest.spin });
      expect(answer).toMatchObject({ complete: false, outcome: { kind: 'brokenOff' } });
      await until(() => statusOf(quiet.pid).state === 'S');
      expect(statusOf(quiet.pid).tracerPid).toBe(0);
    }
    expect(session.gdbWasKilled).toBe(false);
    await session.close();
    await quiet.end();
  });

  // On a stack of its own a handler begins at the top, where the one lies that was interrupted by the stop.
  test('in a signal handler, while more signals come: its stack stays as it was', async () => {
    const inHandler = await startStubTarget(build, ['handler']);
    try {
      const session = start(gdb);
      for (let i = 0; i < 10; i++) {
        const answer = await ask(session, inHandler, { kind: stubRequest.busy, flags: 50_000 });
        expect(answer).toMatchObject({ complete: true, outcome: { kind: 'returned' } });
        await inHandler.assertWell();
      }
      await session.close();
      await inHandler.end();
    } finally {
      inHandler.kill();
    }
  });

  test('the agent may refuse', async () => {
    const session = start(gdb);
    await expect(ask(session, target, { kind: stubRequest.refuse })).rejects.toMatchObject({
      code: 'agent-refused',
    });
    await session.close();
    await expectLeftAlone(target);
  });

  test('every thread can be borrowed, and its number in gdb is known without a search', async () => {
    const searches: string[] = [];
    const line = (_: unknown, text: string): void => {
      if (text.includes('thread find')) searches.push(text);
    };
    const session = start(gdb, {}, { line });
    for (const tid of readdirSync(`/proc/${String(target.pid)}/task`).map(Number)) {
      const answer = await ask(session, { ...target, tid }, { kind: requestKind.dump });
      expect(answer).toMatchObject({ complete: true, outcome: { kind: 'returned' } });
    }
    expect(searches).toEqual([]);
    expect((await ask(session, { ...target, tid: 999_999_999 }, { kind: requestKind.dump })).complete).toBe(
      true,
    );
    expect(searches).toHaveLength(1);
    await expectLeftAlone(target);
    await session.close();
  });

  test('300 calls while attached, and 30 attachments, lose nothing', async () => {
    const session = start(gdb);
    const block = readControlBlock(target.memory, target.control);
    const prepare = (): void =>
      writeRequest(target.memory, target.control, block, { kind: requestKind.dump });
    const before = block.served;
    await session.attach(target.pid);
    for (let i = 0; i < 300; i++) {
      const { outcome } = await session.call(block, { prepare, then: 'continue' });
      expect(outcome).toEqual({ kind: 'returned' });
      await session.interrupt();
    }
    await session.detach();
    for (let i = 0; i < 30; i++) {
      expect((await ask(session, target, { kind: requestKind.dump })).complete).toBe(true);
    }
    const after = readControlBlock(target.memory, target.control);
    expect(after.served).toBe((before + 330) >>> 0);
    expect(after.status).toBe(agentStatus.done);
    await expectLeftAlone(target);
    await session.close();
    await expectLeftAlone(target);
  });

  test('closing a session lets the target go, at any moment', async () => {
    for (const delayMs of [0, 1, 2, 4, 8, 16]) {
      const session = start(gdb);
      await session.ready;
      const asked = ask(session, target, { kind: requestKind.dump }).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await session.close();
      await asked;
      await expectLeftAlone(target);
    }
    for (const state of ['stopped', 'running']) {
      const session = start(gdb);
      await session.attach(target.pid);
      if (state === 'running') await session.continue();
      await session.close();
      expect(session.gdbWasKilled).toBe(false);
      await expectLeftAlone(target);
    }
  });

  test('the death of gdb is told, and the target goes on', async () => {
    for (const state of ['stopped', 'running']) {
      const session = start(gdb);
      await session.attach(target.pid);
      if (state === 'running') await session.continue();
      process.kill(session.gdbPid, 'SIGKILL');
      const { pid } = target;
      const next = state === 'running' ? session.interrupt() : session.detach();
      await expect(next).rejects.toMatchObject({
        code: 'gdb-ended',
        message: expect.stringContaining(String(pid)),
      });
      await session.close();
      await expectLeftAlone(target);
    }
  });

  test('a process that is traced already is refused, and the tracer is named', async () => {
    const first = start(gdb);
    await first.attach(target.pid);
    const second = start(gdb);
    await expect(second.attach(target.pid)).rejects.toMatchObject({
      code: 'already-traced',
      message: expect.stringContaining(String(first.gdbPid)),
    });
    await second.close();
    expect(statusOf(target.pid).tracerPid).toBe(first.gdbPid);
    await first.close();
    await expectLeftAlone(target);
  });

  test('a process that is not there', async () => {
    const gone = spawn('/bin/true');
    await new Promise((resolve) => gone.on('exit', resolve));
    const session = start(gdb);
    await expect(session.attach(gone.pid ?? 0)).rejects.toMatchObject({ code: 'no-such-process' });
    await session.close();
  });

  test('the target ends while it is attached', async () => {
    const other = await startStubTarget(build, ['quiet']);
    const session = start(gdb);
    const block = readControlBlock(other.memory, other.control);
    await session.attach(other.pid);
    other.kill();
    await expect(session.call(block, { then: 'detach' })).resolves.toMatchObject({
      outcome: { kind: 'processEnded' },
    });
    await session.close();
    expect(session.gdbWasKilled).toBe(false);
  });

  test('nothing was noticed', async () => {
    await target.end();
  });
});

test('gdb that is not there', () => {
  expect(() => GdbSession.start({ gdb: '/nowhere/gdb' })).toThrow(
    expect.objectContaining({ code: 'gdb-missing' }),
  );
});

test('a program that is no gdb', async () => {
  const session = start('/bin/echo');
  await expect(session.ready).rejects.toMatchObject({ code: 'gdb-does-not-start' });
  await session.close();
});
