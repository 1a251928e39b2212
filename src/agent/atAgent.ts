import { findAgent } from '../target/agentLibrary.js';
import { openProcessMemory } from '../target/processMemory.js';
import { readReadyBlock, type AgentPlace } from './client.js';

/**
 * Reads something where the agent of a process is. Nothing is done to the process.
 * @returns null: it has no agent
 * @throws where its memory may not be read, and what `use` throws
 */
export function atAgent<T>(pid: number, use: (place: AgentPlace) => T): T | null {
  const memory = openProcessMemory(pid, { readOnly: true });
  try {
    const agent = findAgent(pid, { memory });
    return agent === null ? null : use({ pid, memory, control: agent.control });
  } finally {
    memory.close();
  }
}

/** Has a process the agent, of this version, and could be asked? */
export function isAgentReady(pid: number): boolean {
  try {
    return atAgent(pid, readReadyBlock) !== null;
  } catch {
    return false;
  }
}
