import { setImmediate } from 'node:timers/promises';
import type { AgentPlace } from '../agent/client.js';
import type { ControlBlock, Limits } from '../agent/controlBlock.js';
import { errors } from '../errors.js';
import type { GdbSession } from '../gdb/session.js';
import type { Trace } from '../gdb/trace.js';
import type { AgentReport } from '../model/agentReport.js';
import type { Snapshot } from '../model/snapshot.js';
import type { ProcessMemory } from '../target/processMemory.js';
import type { DumpModules } from './dumpModules.js';
import type { BeforeLook, EarlierThreads } from './earlierWaits.js';
import type { NativeDump } from './dumpNative.js';
import { withGdb } from './gdb.js';
import type { SeccompOptions } from './seccomp.js';
import { mergeThreads } from './mergeThreads.js';
import { namespaceTids } from './namespaceTids.js';
import type { Turn } from './oneAtATime.js';
import { placeGreenlets } from './placeGreenlets.js';
import { selectThreads } from './selectThreads.js';
import { withoutSession } from './withoutSession.js';

/** What of a process is wanted, and how to get it. */
export interface DumpOptions extends SeccompOptions {
  readonly locals: boolean;
  readonly globals: boolean;
  readonly fds: boolean;
  /** The frames of C, too; on x86-64. */
  readonly native?: boolean | undefined;
  /** How deep values are printed into. */
  readonly depth?: number | undefined;
  /** The longest string, and the most elements of a container, that are printed. */
  readonly maxLength?: number | undefined;
  /** Only the threads with this id or name. */
  readonly thread?: string | undefined;
  readonly gdb?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly mostThreads?: number | undefined;
  readonly trace?: Trace | null | undefined;
  readonly sleeperVersion: string;
  /** Aborted: the process is let go at once. */
  readonly signal: AbortSignal;
  /** Called before the agent is loaded into a process that runs without it; throws to leave it alone. */
  readonly beforeInjection: (pid: number) => Promise<void>;
  /** Of several processes that are dumped at once: when this one may be stopped. */
  readonly turn?: Turn;
  /** Told what is being done. */
  readonly log: (what: string) => void;
}

/** What was learnt of the process before it is stopped. */
interface Before {
  readonly memory: ProcessMemory;
  /** Null: the agent is not there yet, or has not seen Python. */
  readonly control: bigint | null;
  readonly known: Known;
}

interface Known {
  /** Its threads before the agent was loaded; null: it was there. */
  readonly earlier: EarlierThreads | null;
  /** How many bytes the agent's answer may have. */
  readonly answerBytes: number;
  /** The system calls for which it would be killed if it was asked for its sockets and pipes. */
  readonly killing: readonly string[];
}

/** As a look is asked for, and what is known from before it. */
interface DescribeOptions extends DumpOptions, Known {}

/** What can be known to stand in the way is known before gdb is waited for; but threads must be looked at last. */
async function prepare(pid: number, options: DumpOptions, modules: DumpModules): Promise<Before> {
  modules.assertInspectable(pid, { leaveThreads: true });
  const memory = modules.openProcessMemory(pid);
  try {
    const agent = modules.findAgent(pid, { memory });
    const { answerBytes, filters } = await modules.assertHarmless(
      pid,
      agent === null ? [modules.loading(pid), 'request'] : ['request'],
      options,
    );
    const killing = options.fds ? modules.killingCalls(filters, 'descriptors') : [];
    const known: Known = { earlier: null, answerBytes, killing };
    // For later: how the kernel was built is read once, which takes milliseconds, and gdb is still starting.
    modules.readBuilds();
    if (agent === null) {
      await options.beforeInjection(pid);
      const earlier = { threads: modules.readKernelThreads(pid, { memory }), at: performance.now() };
      return { memory, control: null, known: { ...known, earlier } };
    }
    const place = { pid, memory, control: agent.control };
    if (agent.lookAgain !== null && modules.cameTooEarly(place)) return { memory, control: null, known };
    modules.readReadyBlock(place);
    return { memory, control: agent.control, known };
  } catch (error) {
    memory.close();
    throw error;
  }
}

async function injected(
  session: GdbSession,
  pid: number,
  memory: ProcessMemory,
  options: DumpOptions,
  modules: DumpModules,
): Promise<bigint> {
  const { ensureAgent } = await import('./inject.js');
  modules.assertInterruptible(pid);
  return (await ensureAgent(session, pid, { ...options, memory })).control;
}

function limitsOf({ depth, maxLength, answerBytes }: DescribeOptions): Limits {
  return {
    answer: answerBytes,
    ...(depth === undefined ? {} : { depth }),
    // A value's text as a whole must have room for what was asked for.
    ...(maxLength === undefined
      ? {}
      : { string: maxLength, items: maxLength, repr: Math.max(4096, maxLength * 8) }),
  };
}

/**
 * From this length on, in characters, it takes less time to compile the checks of a report first than to make them one
 * by one: it takes zod 9 ms.
 */
const worthCompiling = 100_000;

function parseReport(pid: number, text: string, { agentReport }: DumpModules): AgentReport {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw errors.agentBroken(pid, `its answer is not JSON (${(error as Error).message})`);
  }
  const parsed = agentReport.safeParse(json, { jitless: text.length < worthCompiling });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw errors.agentBroken(
    pid,
    `its answer does not fit the schema: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}

/**
 * Describes one process at one instant. gdb starts first, for that takes longest; meanwhile everything else is loaded
 * and checked; the process is stopped last, and is let go before the answer is read and parsed.
 * @throws SleeperError; the reason of `signal` when it is aborted
 */
export function dump(pid: number, options: DumpOptions): Promise<Snapshot> {
  return withGdb(options, options.signal, (session) => dumpIn(session, pid, options, 'leave'));
}

/**
 * As `dump`, by a gdb of the caller's that is not attached to anything. Afterwards it ends ('leave'), is there for
 * more ('goOn'), or holds the process ('hold').
 * @throws SleeperError
 */
export async function dumpIn(
  session: GdbSession,
  pid: number,
  options: DumpOptions,
  then: 'leave' | 'goOn' | 'hold',
): Promise<Snapshot> {
  const { signal, log } = options;
  // With the time since the start of this process.
  const tell = (what: string): void => log(`${performance.now().toFixed(1).padStart(7)} ms  ${what}`);
  tell('gdb was started');
  // Loaded while gdb starts.
  const { dumpModules: modules } = await import('./dumpModules.js');
  tell('everything is loaded');
  const { memory, known, ...before } = await prepare(pid, options, modules);
  try {
    tell('the process was checked');
    await session.ready;
    tell('gdb is ready');
    signal.throwIfAborted();
    const control =
      before.control ?? (await injected(session, pid, memory, { ...options, log: tell }, modules));
    const place = { pid, control, memory };
    const now = () => describe(session, place, { ...options, log: tell, ...known }, then, modules);
    return await (options.turn === undefined ? now() : options.turn(now));
  } finally {
    memory.close();
  }
}

/** As `describeNow`, with the frames of C if they are wanted. */
async function describe(
  session: GdbSession,
  place: AgentPlace,
  options: DescribeOptions,
  then: 'leave' | 'goOn' | 'hold',
  modules: DumpModules,
): Promise<Snapshot> {
  if (options.native !== true) return describeNow(session, place, options, then, modules, null);
  const { openNativeDump } = await import('./dumpNative.js');
  const native = openNativeDump(session, place.pid, modules.readReadyBlock(place).pythonVersion);
  try {
    return await describeNow(session, place, options, then, modules, native);
  } finally {
    native.close();
  }
}

/**
 * As `modules.lookBefore`, if the process can be stopped then.
 * @throws SleeperError uninterruptible
 */
function lookBefore(
  place: AgentPlace,
  block: ControlBlock,
  earlier: EarlierThreads | null,
  modules: DumpModules,
): BeforeLook {
  const before = modules.lookBefore(place, block, earlier);
  if (!before.threads.some(({ state, waitChannel }) => modules.isUninterruptible(state, waitChannel)))
    return before;
  // Until none is. That one is again by the time of the second look is as good as that it is by the time of the stop.
  modules.assertInterruptible(place.pid);
  return modules.lookBefore(place, block, earlier);
}

/** Stops the process, and lets it go unless it is to be held. */
async function describeNow(
  session: GdbSession,
  place: AgentPlace,
  options: DescribeOptions,
  then: 'leave' | 'goOn' | 'hold',
  modules: DumpModules,
  native: NativeDump | null,
): Promise<Snapshot> {
  const { pid, memory } = place;
  const tell = options.log;
  const info = modules.readProcessInfo(pid);
  const block = modules.readReadyBlock(place);
  const fdTable = options.fds
    ? modules.withoutFds(modules.readFdTable(pid), modules.fdsOfSession(block))
    : null;
  // The last thing before the stop, which will interrupt the system calls.
  const before = lookBefore(place, block, options.earlier, modules);
  const kernelThreads = before.threads;
  const outerTids = namespaceTids(pid);
  const { tid } = modules.chooseThread(pid, kernelThreads);
  const { killing } = options;
  let moved: ReadonlySet<number> = new Set();
  const takenAt = new Date().toISOString();
  const answer = await modules.askAgent(
    session,
    { ...place, tid },
    {
      locals: options.locals,
      globals: options.globals,
      limits: limitsOf(options),
      sockets: fdTable === null || killing.length > 0 ? [] : modules.fdsKnownInside(fdTable),
      atStop: async () => {
        moved = modules.threadsThatMovedOn(kernelThreads, session.callAtStop, memory);
        await native?.capture();
      },
    },
    then === 'hold' ? 'stay' : 'detach',
  );
  // gdb ends while the answer is read; the names of C++ are still to come from it.
  if (then === 'leave' && native === null) {
    void session.close();
    await setImmediate();
  }
  tell(`the process was stopped for ${(answer.stoppedUs / 1000).toFixed(2)} ms`);
  const text = answer.complete ? answer.text : modules.salvageReport(answer.text);
  if (text === null) throw errors.agentBroken(pid, `it was cut short (${answer.outcome.kind})`);
  const report = parseReport(pid, text, modules);
  const fds =
    fdTable === null
      ? null
      : modules.describeFds(fdTable, { threads: kernelThreads, sockets: report.sockets });
  const unasked =
    killing.length === 0
      ? []
      : [
          {
            where: 'fds',
            message: `sockets and pipes are described from outside: the seccomp filter would kill the process for ${killing.join(', ')}`,
          },
        ];
  const own = withoutSession(kernelThreads, block.live, outerTids);
  const merged = mergeThreads(report, own.threads, outerTids, moved);
  const { threads, warnings } = (await native?.told(merged)) ?? { threads: merged, warnings: [] };
  const snapshot: Snapshot = {
    schemaVersion: 1,
    sleeperVersion: options.sleeperVersion,
    agentVersion: report.agent.version,
    takenAt,
    stoppedUs: answer.stoppedUs,
    process: info,
    python: report.python,
    interpreters: report.interpreters,
    threads,
    ...(report.greenlets === undefined ? {} : { greenlets: placeGreenlets(report.greenlets, threads, pid) }),
    tasks: report.tasks,
    ...(report.tasksTruncated === undefined ? {} : { tasksTruncated: report.tasksTruncated }),
    ...(report.modules === undefined ? {} : { modules: report.modules }),
    fds: fds?.fds ?? null,
    limits: report.limits,
    warnings: [...report.warnings, ...own.warnings, ...warnings, ...unasked, ...(fds?.warnings ?? [])],
  };
  tell(`the answer of ${answer.text.length} characters was read`);
  if (then !== 'hold') modules.leaveNotes(place, block, before, modules.switchesOfCall(tid ?? pid));
  return options.thread === undefined ? snapshot : selectThreads(snapshot, options.thread);
}
