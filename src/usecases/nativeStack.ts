import { readReadyBlock } from '../agent/client.js';
import { findAgent } from '../target/agentLibrary.js';
import { openProcessMemory } from '../target/processMemory.js';
import { withGdb, type GdbChoice } from './gdb.js';
import { evaluationLoopOf, toldFunctions } from './nativeFrames.js';
import { NativeStacks } from './nativeStacks.js';

/** Which version of CPython the agent in a process has found, as PY_VERSION_HEX; null: there is no agent. */
function pythonVersionOf(pid: number): number | null {
  const memory = openProcessMemory(pid, { readOnly: true });
  try {
    const agent = findAgent(pid, { memory });
    return agent === null ? null : readReadyBlock({ pid, memory, control: agent.control }).pythonVersion;
  } finally {
    memory.close();
  }
}

/**
 * The C functions that a thread is in, as a person is told of them. The process stands still for some milliseconds. Empty
 * where it is not known: without the agent, and not on x86-64.
 * @throws SleeperError; the signal's reason
 */
export async function readNativeStack(
  pid: number,
  tid: number,
  options: GdbChoice & { readonly signal: AbortSignal },
): Promise<string[]> {
  const version = pythonVersionOf(pid);
  if (version === null || process.arch !== 'x64') return [];
  return withGdb(options, options.signal, async (session) => {
    const stacks = new NativeStacks(session, pid, evaluationLoopOf(version));
    try {
      await session.attach(pid);
      await stacks.capture();
      await session.detach();
      await stacks.unwindAll();
      return toldFunctions(stacks.framesOf(tid) ?? []);
    } finally {
      stacks.close();
    }
  });
}
