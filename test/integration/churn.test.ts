import { afterEach, describe, expect, test } from '@jest/globals';
import { readReadyBlock } from '../../src/agent/client.js';
import {
  agentStatus,
  readControlBlock,
  requestFlag,
  requestKind,
  writeRequest,
} from '../../src/agent/controlBlock.js';
import { GdbSession } from '../../src/gdb/session.js';
import { agentReport, type AgentReport } from '../../src/model/agentReport.js';
import { findAgent } from '../../src/target/agentLibrary.js';
import { openProcessMemory } from '../../src/target/processMemory.js';
import { findPythons } from '../support/pythons.js';
import { startTarget, statusOf, type Target } from '../support/target.js';

const pokes = 200;

let target: Target | undefined;
let session: GdbSession | undefined;
afterEach(async () => {
  await session?.close();
  target?.kill();
  session = undefined;
  target = undefined;
});

/** Values and stacks that were half made at the stop may be unreadable, but nothing else may be amiss. */
function describeAll(report: AgentReport): { frames: number; errors: number } {
  const frames = report.threads.flatMap((thread) => thread.frames);
  return { frames: frames.length, errors: frames.filter((frame) => 'error' in frame).length };
}

describe.each(findPythons())('a $label that never stands still', (python) => {
  test(`is described ${String(pokes)} times at any moment, and goes on as if nothing had happened`, async () => {
    target = await startTarget(python.executable, 'churn.py');
    const { pid } = target;
    const memory = openProcessMemory(pid);
    const agent = findAgent(pid, { memory });
    if (agent === null) throw new Error('the agent is not there');
    const before = readReadyBlock({ pid, memory, control: agent.control });
    session = GdbSession.start();
    let frames = 0;
    let errors = 0;
    for (let poke = 0; poke < pokes; poke++) {
      await session.attach(pid);
      const { outcome } = await session.call(before, {
        prepare: () => {
          writeRequest(memory, agent.control, before, {
            kind: requestKind.dump,
            flags: requestFlag.locals | requestFlag.globals,
          });
        },
        then: 'detach',
      });
      expect(outcome).toEqual({ kind: 'returned' });
      const after = readControlBlock(memory, agent.control);
      expect(after.status).toBe(agentStatus.done);
      const text = memory.read(after.output, Number(after.length)).toString('utf8');
      const described = describeAll(agentReport.parse(JSON.parse(text)));
      frames += described.frames;
      errors += described.errors;
    }
    expect(frames).toBeGreaterThan(pokes);
    // A frame is unreadable only while it is being made or thrown away.
    expect(errors).toBeLessThan(frames / 100);
    await session.close();
    memory.close();

    expect(statusOf(pid).tracerPid).toBe(0);
    expect(await target.end()).toBe(0);
    expect(await target.output).toBe('errors: 0 []\nbusy: True\n');
  });
});
