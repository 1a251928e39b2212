import { setTimeout as delay } from 'node:timers/promises';
import { readReadyBlock } from '../agent/client.js';
import { readControlBlock, writeResumePc, type ControlBlock } from '../agent/controlBlock.js';
import { liveErrors } from '../liveErrors.js';
import type { GdbSession } from '../gdb/session.js';
import type { LiveTarget } from '../live/liveTarget.js';
import { openLiveTarget } from '../live/openLiveTarget.js';
import { assertInspectable } from '../target/diagnosis.js';
import { openProcessMemory } from '../target/processMemory.js';
import { withGdb, type GdbChoice } from './gdb.js';
import { leaveNotes, lookBefore, switchesOfErrand } from './earlierWaits.js';
import { withFreeDescriptors } from './freeDescriptors.js';
import { agentOf } from './inject.js';
import { assertHarmless } from './harmless.js';
import { ErrandFailed, runErrand, type ErrandOptions, type Order } from './runErrand.js';

export interface OpenLiveOptions extends GdbChoice {
  readonly signal: AbortSignal;
  readonly log: (what: string) => void;
  /** Called before the agent is loaded into a process that runs without it; throws to leave it alone. */
  readonly beforeInjection: (pid: number) => Promise<void>;
}

/** What live_start may return; errno(3). */
const refusal = { again: -11, busy: -16, already: -114 } as const;
/** Two pipes. */
const descriptorsOfSession = 4;
/** How often a thread is sent that turns out to be in a place where the session cannot begin. */
const mostAttempts = 20;

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
  const memory = openProcessMemory(pid);
  const errand = { ...options, memory };
  try {
    await assertHarmless(pid, ['live session'], options);
    const { control } = await agentOf(session, pid, errand);
    const before = readReadyBlock({ pid, memory, control });
    if (before.live !== null) throw liveErrors.liveBusy(pid);
    const opened = (): ControlBlock['live'] => readReadyBlock({ pid, memory, control }).live;
    const order: Order = {
      ...{ function: before.liveStart, what: 'the start of a session', arguments: [], failure: -1n },
      prepare: (pc) => {
        if (opened() !== null) throw liveErrors.liveBusy(pid);
        writeResumePc(memory, control, pc);
      },
      done: () => opened() !== null,
    };
    const waits = lookBefore({ pid, memory }, before, null);
    const { attaches } = session;
    await withFreeDescriptors(pid, descriptorsOfSession, options.log, () =>
      startSession(session, pid, order, errand),
    );
    leaveNotes({ memory }, before, waits, switchesOfErrand(session.attaches - attaches));
    const fds = opened();
    if (fds === null) throw liveErrors.liveEnded(pid);
    return endingWell(pid, control, openLiveTarget(pid, fds.requestFd, fds.answerFd));
  } finally {
    memory.close();
  }
}

/** The agent refuses where the thread is in the middle of giving up or taking the GIL; the next moment it is not. */
async function startSession(
  session: GdbSession,
  pid: number,
  order: Order,
  options: ErrandOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await runErrand(session, pid, order, options);
      return;
    } catch (error) {
      if (!(error instanceof ErrandFailed)) throw error;
      if (error.result === refusal.already) throw liveErrors.liveBusy(pid);
      if (error.result === refusal.again) throw liveErrors.liveNoThread(pid);
      if (error.result !== refusal.busy || attempt === mostAttempts)
        throw liveErrors.liveRefused(pid, -error.result);
    }
  }
}

/** For how long the end of a session is waited for: its thread first lets go of what Python gave it. */
const endMs = 1_000;

/** A session whose `close` returns when the agent's threads and descriptors are gone, if they go soon. */
function endingWell(pid: number, control: bigint, target: LiveTarget): LiveTarget {
  return {
    ...target,
    close: async () => {
      await target.close();
      const deadline = performance.now() + endMs;
      while (isOpen(pid, control) && performance.now() < deadline) await delay(1);
    },
  };
}

/** False as well when the process has ended or runs another program. */
function isOpen(pid: number, control: bigint): boolean {
  try {
    const memory = openProcessMemory(pid, { readOnly: true });
    try {
      return readControlBlock(memory, control).live !== null;
    } finally {
      memory.close();
    }
  } catch {
    return false;
  }
}
