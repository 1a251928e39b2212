import { atAgent } from './atAgent.js';
import { readControlBlock, type ControlBlock } from './controlBlock.js';

/** The descriptors that a process has because of a live session, which are none of its own. */
export function fdsOfSession({ live }: ControlBlock): number[] {
  return live === null ? [] : [live.requestFd, live.answerFd];
}

/**
 * The same of any process. None where that cannot be read: it is asked of processes without the agent, and of those that
 * may be listed but not read, too.
 */
export function sessionFds(pid: number): number[] {
  try {
    return atAgent(pid, ({ memory, control }) => fdsOfSession(readControlBlock(memory, control))) ?? [];
  } catch {
    return [];
  }
}
