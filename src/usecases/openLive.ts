import { readReadyBlock } from '../agent/client.js';
import type { ControlBlock } from '../agent/controlBlock.js';
import { errors } from '../errors.js';
import type { GdbSession } from '../gdb/session.js';
import type { LiveTarget } from '../live/liveTarget.js';
import { openLiveTarget } from '../live/openLiveTarget.js';
import { findAgent } from '../target/agentLibrary.js';
import { assertInspectable } from '../target/diagnosis.js';
import { openProcessMemory } from '../target/processMemory.js';
import { withGdb, type GdbChoice } from './gdb.js';
import { ensureAgent } from './inject.js';
import { ErrandFailed, runErrand } from './runErrand.js';

export interface OpenLiveOptions extends GdbChoice {
  readonly signal: AbortSignal;
  readonly log: (what: string) => void;
  /** Called before the agent is loaded into a process that runs without it; throws to leave it alone. */
  readonly beforeInjection: (pid: number) => Promise<void>;
}

/** What live_start returns when the process may not have another thread: EAGAIN of pthread_create(3). */
const noThread = -11n;

/**
 * Begins a session of the live tier in a process, which then runs on: a thread of it is sent to start the agent's own
 * thread, and gdb is gone when this returns.
 * @throws SleeperError; the signal's reason
 */
export function openLive(pid: number, options: OpenLiveOptions): Promise<LiveTarget> {
  assertInspectable(pid);
  return withGdb(options, options.signal, (session) => openLiveIn(session, pid, options));
}

/**
 * As `openLive`, by a gdb of the caller's that is not attached to anything, nor is afterwards.
 * @throws SleeperError; the signal's reason
 */
export async function openLiveIn(
  session: GdbSession,
  pid: number,
  options: OpenLiveOptions,
): Promise<LiveTarget> {
  const { signal, log, timeoutMs } = options;
  const memory = openProcessMemory(pid);
  const errand = { memory, signal, log, ...(timeoutMs === undefined ? {} : { deadlineMs: timeoutMs }) };
  try {
    const there = findAgent(pid, { memory });
    if (there === null) await options.beforeInjection(pid);
    await session.ready;
    const { control } = there ?? (await ensureAgent(session, pid, errand));
    const before = readReadyBlock({ pid, memory, control });
    if (before.live !== null) throw errors.liveBusy(pid);
    const opened = (): ControlBlock['live'] => readReadyBlock({ pid, memory, control }).live;
    const order = {
      function: before.liveStart,
      arguments: [],
      failure: noThread,
      done: () => opened() !== null,
    };
    await runErrand(session, pid, { ...order, what: 'the start of a session' }, errand);
    const fds = opened();
    if (fds === null) throw errors.liveEnded(pid);
    return openLiveTarget(pid, fds.requestFd, fds.answerFd);
  } catch (error) {
    if (error instanceof ErrandFailed) throw errors.liveNoThread(pid);
    throw error;
  } finally {
    memory.close();
  }
}
