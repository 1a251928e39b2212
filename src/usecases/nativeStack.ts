import { readReadyBlock } from '../agent/client.js';
import { findAgent } from '../target/agentLibrary.js';
import { openProcessMemory } from '../target/processMemory.js';
import { withGdb, type GdbChoice } from './gdb.js';
import { evaluationLoopOf } from './nativeFrames.js';
import { NativeStacks } from './nativeStacks.js';

/** What a function without a name is called by. */
const addressOnly = /^0x[0-9a-f]+$/;

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
 * The C functions that a thread is in, innermost first, down to CPython's evaluation loop; without those of the
 * interpreter itself and those of which no name is known. The process stands still for some milliseconds. Empty where it is not known: without the agent,
 * and not on x86-64.
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
      const frames = stacks.framesOf(tid) ?? [];
      const loop = frames.findIndex(({ evaluates }) => evaluates);
      const told = frames
        .slice(0, Math.max(0, loop))
        .filter(({ name, internal }) => !internal && !addressOnly.test(name));
      return told.map(({ name }) => name);
    } finally {
      stacks.close();
    }
  });
}
