import { atAgent } from '../agent/atAgent.js';
import { readReadyBlock } from '../agent/client.js';
import { withGdb, type GdbChoice } from './gdb.js';
import { evaluationLoopOf, toldFunctions } from './nativeFrames.js';
import { NativeStacks } from './nativeStacks.js';

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
  const version = atAgent(pid, (place) => readReadyBlock(place).pythonVersion);
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
