import { readBlock } from '../agent/client.js';
import { agentState } from '../agent/controlBlock.js';
import type { AgentPresence } from '../model/agentPresence.js';
import { findAgent } from '../target/agentLibrary.js';
import { assertInspectable } from '../target/diagnosis.js';
import { openProcessMemory } from '../target/processMemory.js';
import { withGdb, type GdbChoice } from './gdb.js';
import { ensureAgent } from './inject.js';
import { assertHarmless } from './harmless.js';
import { loading } from './seccomp.js';

export interface InjectOptions extends GdbChoice {
  readonly signal: AbortSignal;
  readonly log: (what: string) => void;
}

const stateNames = new Map<number, AgentPresence['state']>([
  [agentState.ready, 'ready'],
  [agentState.notPython, 'no CPython found'],
  [agentState.unsupported, 'unsupported'],
]);

/**
 * Whether the agent is in a process. It is not stopped for that.
 * @throws SleeperError, agent-version among them
 */
export function agentStatus(pid: number): AgentPresence {
  assertInspectable(pid);
  const memory = openProcessMemory(pid, { readOnly: true });
  try {
    const agent = findAgent(pid, { memory });
    if (agent === null) {
      return {
        schemaVersion: 1,
        pid,
        loaded: false,
        state: 'absent',
        path: null,
        version: null,
        reason: null,
      };
    }
    const { state, version, reason } = readBlock({ pid, memory, control: agent.control });
    return {
      ...{ schemaVersion: 1, pid, loaded: true, path: agent.path, version },
      state: stateNames.get(state) ?? 'unsupported',
      reason: reason === '' ? null : reason,
    };
  } finally {
    memory.close();
  }
}

/**
 * Loads the agent, unless it is there and has found Python.
 * @throws SleeperError; the signal's reason
 */
export async function inject(pid: number, options: InjectOptions): Promise<AgentPresence> {
  const before = agentStatus(pid);
  if (before.loaded && before.state !== 'no CPython found') return before;
  await assertHarmless(pid, [loading(pid)], options);
  const memory = openProcessMemory(pid);
  try {
    await withGdb(options, options.signal, async (session) => {
      await session.ready;
      await ensureAgent(session, pid, { ...options, memory });
    });
  } finally {
    memory.close();
  }
  return agentStatus(pid);
}
