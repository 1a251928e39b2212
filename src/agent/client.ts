import { errors } from '../errors.js';
import { memoryErrors } from '../memoryErrors.js';
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
  /** The sockets and pipes to describe from inside. */
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
/** How often it is asked again, when another sleeper has asked before the answer was read. */
const mostAttempts = 10;

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
 * Stops the process, makes one request of the agent, lets the process go if so wanted, and then reads the answer. It
 * stays valid until the next request of anybody: if another sleeper was faster, all is done again.
 * @throws SleeperError agent-not-ready, agent-version, agent-refused, no-such-process, and those of GdbSession
 */
export async function ask(
  session: GdbSession,
  place: AgentPlace,
  request: AgentRequest,
  then: 'detach' | 'stay' = 'detach',
  atStop?: () => Promise<void>,
): Promise<AgentAnswer> {
  const block = readReadyBlock(place);
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    let servedBefore = 0;
    await session.aim(block);
    await session.attach(place.pid);
    await atStop?.();
    const { outcome, stoppedUs } = await session.call(block, {
      prepare: () => {
        servedBefore = readControlBlock(place.memory, place.control).served;
        writeRequest(place.memory, place.control, block, request);
      },
      tid: place.tid ?? null,
      then,
    });
    if (outcome.kind === 'processEnded') throw errors.noSuchProcess(place.pid);
    const answer = readAnswer(place, servedBefore, outcome);
    if (answer !== 'overtaken') return { ...answer, outcome, stoppedUs };
  }
  throw errors.agentBroken(place.pid, `others asked it before its answer was read, ${mostAttempts} times`);
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
export function readReadyBlock(place: AgentPlace): ControlBlock {
  const block = readBlock(place);
  if (block.state !== agentState.ready) {
    throw errors.agentNotReady(
      place.pid,
      block.state === agentState.notPython ? 'it found no CPython there' : block.reason,
    );
  }
  return block;
}

/**
 * The control block, whether or not the agent serves this process.
 * @throws SleeperError agent-version
 */
export function readBlock({ pid, memory, control }: AgentPlace): ControlBlock {
  try {
    return readControlBlock(memory, control);
  } catch (error) {
    if (error instanceof NotControlBlock) throw errors.agentVersion(pid, error.version);
    throw error;
  }
}

/** 'overtaken': somebody else has made a request meanwhile. */
function readAnswer(
  { pid, memory, control }: AgentPlace,
  servedBefore: number,
  outcome: CallOutcome,
): Pick<AgentAnswer, 'text' | 'complete'> | 'overtaken' {
  const after = readControlBlock(memory, control);
  // On a machine that is very busy the thread may not have run at all before the deadline.
  if (after.served === servedBefore && outcome.kind === 'brokenOff') return { text: '', complete: false };
  if (after.served === servedBefore) throw errors.agentBroken(pid, 'the call never reached it');
  if (!isAnswerTo(servedBefore, after)) return 'overtaken';
  if (after.status === agentStatus.refused) throw errors.agentRefused(pid, after.reason);
  if (after.length > longestAnswer)
    throw errors.agentBroken(pid, `it says that its answer has ${after.length} bytes`);
  const length = Number(after.length);
  const text = length === 0 ? '' : memory.read(after.output, length).toString('utf8');
  const complete = after.status === agentStatus.done;
  // A new request changes the status before anything of the answer is lost.
  const last = readControlBlock(memory, control);
  if (last.status !== after.status || last.served !== after.served) return 'overtaken';
  // The agent writes none: the kernel has put zeros in the place of what it took back (MADV_FREE of madvise(2)).
  if (complete && text.includes('\0')) throw memoryErrors.answerLost(pid);
  return { text, complete };
}

/** Does the block speak of the request that was made after so many, and not of a later one? */
export function isAnswerTo(servedBefore: number, { served, status }: ControlBlock): boolean {
  return served === (servedBefore + 1) >>> 0 && status !== agentStatus.idle;
}
