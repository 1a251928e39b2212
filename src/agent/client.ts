import { errors } from '../errors.js';
import type { CallOutcome } from '../gdb/preservedCall.js';
import type { GdbSession } from '../gdb/session.js';
import {
  agentState,
  agentStatus,
  readControlBlock,
  requestFlag,
  requestKind,
  writeRequest,
  NotControlBlock,
  type AgentRequest,
  type ControlBlock,
  type Limits,
} from './controlBlock.js';
import type { Memory } from './memory.js';

/** Where the agent is, and by which thread to reach it. */
export interface AgentPlace {
  readonly pid: number;
  /** The address of `sleeper_control` in the process. */
  readonly control: bigint;
  readonly memory: Memory;
  /** The thread to borrow, by its kernel id; null: gdb's choice, the main thread. */
  readonly tid?: number | null;
}

/** What is asked of a dump. */
export interface DumpRequest {
  readonly locals?: boolean;
  readonly globals?: boolean;
  readonly limits?: Limits;
  /** The file descriptors to describe as sockets. */
  readonly sockets?: readonly number[];
  /** Runs when the process has stopped, and makes the stop longer. */
  readonly atStop?: () => Promise<void>;
}

export interface AgentAnswer {
  /** The agent's text: all of it if `complete`, else what it had written when it was cut short. */
  readonly text: string;
  readonly complete: boolean;
  /** How the call ended; anything but `returned` means that the agent has a defect. */
  readonly outcome: CallOutcome;
  /** For how long the process was stopped, at the most; microseconds. */
  readonly stoppedUs: number;
}

/** An answer longer than this is taken for damage. Bytes. */
const longestAnswer = 1n << 30n;

/** Stops the process, has the agent describe it as JSON (model/agentReport.ts), and, unless it shall stay, lets it go. */
export function dump(
  session: GdbSession,
  place: AgentPlace,
  request: DumpRequest = {},
  then: 'detach' | 'stay' = 'detach',
): Promise<AgentAnswer> {
  const flags =
    (request.locals === true ? requestFlag.locals : 0) | (request.globals === true ? requestFlag.globals : 0);
  const { limits, sockets } = request;
  const asked: AgentRequest = {
    kind: requestKind.dump,
    flags,
    ...(limits === undefined ? {} : { limits }),
    ...(sockets === undefined ? {} : { sockets }),
  };
  return ask(session, place, asked, then, request.atStop);
}

/**
 * Stops the process, makes one request of the agent, lets the process go if so wanted, and then reads the answer,
 * which stays valid until the next request of anybody.
 * @throws SleeperError agent-not-ready, agent-version, agent-refused, no-such-process, and those of GdbSession
 */
export async function ask(
  session: GdbSession,
  place: AgentPlace,
  request: AgentRequest,
  then: 'detach' | 'stay' = 'detach',
  atStop?: () => Promise<void>,
): Promise<AgentAnswer> {
  const before = readReadyBlock(place);
  await session.attach(place.pid);
  await atStop?.();
  const { outcome, stoppedUs } = await session.call(before, {
    prepare: () => {
      writeRequest(place.memory, place.control, before, request);
    },
    tid: place.tid ?? null,
    then,
  });
  if (outcome.kind === 'processEnded') throw errors.noSuchProcess(place.pid);
  return { ...readAnswer(place, before, outcome), outcome, stoppedUs };
}

/** Was there no Python yet when the agent was loaded? */
export function cameTooEarly({ memory, control }: AgentPlace): boolean {
  try {
    return readControlBlock(memory, control).state === agentState.notPython;
  } catch (error) {
    if (error instanceof NotControlBlock) return false;
    throw error;
  }
}

/**
 * The control block, if the agent serves this process.
 * @throws SleeperError agent-not-ready, agent-version
 */
export function readReadyBlock({ pid, memory, control }: AgentPlace): ControlBlock {
  try {
    const block = readControlBlock(memory, control);
    if (block.state !== agentState.ready) {
      throw errors.agentNotReady(
        pid,
        block.state === agentState.notPython ? 'it found no CPython there' : block.reason,
      );
    }
    return block;
  } catch (error) {
    if (error instanceof NotControlBlock) throw errors.agentVersion(pid, error.version);
    throw error;
  }
}

function readAnswer(
  { pid, memory, control }: AgentPlace,
  before: ControlBlock,
  outcome: CallOutcome,
): { text: string; complete: boolean } {
  const after = readControlBlock(memory, control);
  // On a machine that is very busy the thread may not have run at all before the deadline.
  if (after.served === before.served && outcome.kind === 'brokenOff') return { text: '', complete: false };
  if (after.served === before.served) throw errors.agentBroken(pid, 'the call never reached it');
  if (after.status === agentStatus.refused) throw errors.agentRefused(pid, after.reason);
  if (after.length > longestAnswer)
    throw errors.agentBroken(pid, `it says that its answer has ${after.length} bytes`);
  const length = Number(after.length);
  return {
    text: length === 0 ? '' : memory.read(after.output, length).toString('utf8'),
    complete: after.status === agentStatus.done,
  };
}
