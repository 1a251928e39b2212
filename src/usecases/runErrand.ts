import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  buildErrand,
  errandBytes,
  errandLayout,
  readRoom,
  roomBytes,
  roomOfEarlier,
  type Errand,
} from '../agent/errand.js';
import { errandFile } from '../agent/libraryFile.js';
import { errandErrors } from '../errandErrors.js';
import { errors, SleeperError } from '../errors.js';
import type { GdbSession } from '../gdb/session.js';
import { codeCaves, type CodeCave } from '../target/codeCave.js';
import { findLibcFunction } from '../target/libc.js';
import { parseMaps, widestGap, type Mapping } from '../target/maps.js';
import type { ProcessMemory } from '../target/processMemory.js';
import { readProc } from '../target/procFile.js';
import { findSafeMoment, placeOf } from '../target/safeMoment.js';

/** A function of the target to be called by a thread of the target: it may allocate memory and take locks. */
export interface Order extends Pick<Errand, 'arguments' | 'failure'> {
  /** A function of the C library by its name, or an address. */
  readonly function: string | bigint;
  /** What it is for, in messages: "dlopen()". */
  readonly what: string;
  /** A function of the C library that tells why it failed. */
  readonly explain?: string;
  /**
   * Called while the process stands, with the program counter of the thread that will go. Only now can no other
   * sleeper do anything: it throws if that has done meanwhile what forbids the errand.
   */
  readonly prepare?: (pc: bigint) => void;
  /** Whether what the call brings about can be seen. */
  readonly done: () => boolean;
}

export interface ErrandOptions {
  readonly memory: ProcessMemory;
  /** For how long a thread is looked for that can go, and for how long its return is waited for. Milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly log: (what: string) => void;
}

/** How an errand that came to its end failed. */
export class ErrandFailed extends Error {
  override readonly name = 'ErrandFailed';
  constructor(
    message: string,
    /** What the function returned. */
    readonly result: number,
  ) {
    super(message);
  }
}

/** A thread on its errand. */
interface Sent {
  readonly tid: number;
  readonly room: bigint;
  /** The addresses of the errand's code. */
  readonly code: { readonly start: bigint; readonly end: bigint };
}

const defaultTimeoutMs = 10_000;
const firstPauseMs = 2;
const longestPauseMs = 100;

/**
 * Sends a thread of the process on an errand, and waits until it has been done. The process is stopped only while the
 * errand is handed over. Another sleeper's errand is waited for; if there is nothing to be done after it, nothing is.
 * @throws SleeperError no-code-cave, no-safe-moment, errand-under-way, errand-late, static-program, gdb-*; ErrandFailed; the
 *   signal's reason; what `order.prepare` throws
 */
export async function runErrand(
  session: GdbSession,
  pid: number,
  order: Order,
  options: ErrandOptions,
): Promise<void> {
  if (!existsSync(errandFile)) throw errors.injectUnsupported(process.arch);
  const sent = await handOver(session, pid, order, options);
  if (sent === null) return;
  try {
    await finished(pid, order, sent, options);
  } catch (error) {
    if (error instanceof ErrandFailed) await clear(session, pid, sent.room, options);
    throw error;
  }
}

/**
 * Whether a thread that has no room is back from its errand, or never got one. Not known of one that runs: false; it is
 * looked at again.
 */
function isElsewhere(pid: number, tid: number, code: Sent['code']): boolean {
  const place = placeOf(`/proc/${pid}/task`, tid);
  return place !== null && place.syscall >= 0 && (place.pc < code.start || place.pc >= code.end);
}

/** Unmaps what an errand that failed has left. That this fails in its turn is not what the person asked about. */
async function clear(session: GdbSession, pid: number, room: bigint, options: ErrandOptions): Promise<void> {
  const order: Order = {
    ...{ function: 'munmap', what: 'munmap()', arguments: [room, BigInt(roomBytes)], failure: -1n },
    done: () => readRoom(options.memory, room) === null,
  };
  try {
    const way = await handOver(session, pid, order, options);
    if (way !== null) await finished(pid, order, way, options);
  } catch (error) {
    options.log(`the room of the errand stays: ${(error as Error).message}`);
  }
}

/**
 * Attaches until a thread is found that can go. All that can be prepared is prepared before; but other sleepers may do
 * anything until the process stands.
 * @returns null: it was done already
 */
async function handOver(
  session: GdbSession,
  pid: number,
  order: Order,
  { memory, timeoutMs = defaultTimeoutMs, signal, log }: ErrandOptions,
): Promise<Sent | null> {
  const deadline = performance.now() + timeoutMs;
  const size = errandBytes(order.arguments);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    signal.throwIfAborted();
    const mappings = parseMaps(readProc(`/proc/${pid}/maps`));
    const caves = codeCaves(mappings, memory);
    const at = caves.find(({ bytes }) => bytes >= size)?.at;
    if (at === undefined) throw errandErrors.noCodeCave(pid);
    const room = widestGap(mappings, BigInt(roomBytes));
    const bytes = buildErrand(errandOf(pid, order, mappings, memory, room), at);
    const hand = async (): Promise<Sent | null | SleeperError> => {
      if (isUnderWay(pid, caves, memory)) return errandErrors.errandUnderWay(pid);
      const moment = findSafeMoment(pid, mappings, { start: at, end: at + BigInt(size) });
      if (moment.kind === 'unsafe') return errandErrors.noSafeMoment(pid, timeoutMs, moment.why);
      order.prepare?.(moment.pc);
      if (order.done()) return null;
      const entry = at + BigInt(errandLayout.entry);
      const stoppedUs = await session.send({ tid: moment.tid, at, bytes, entry });
      log(
        `thread ${moment.tid} was sent on its way (${order.what}) after ${(stoppedUs / 1000).toFixed(2)} ms`,
      );
      return { tid: moment.tid, room, code: { start: at, end: at + BigInt(size) } };
    };
    const handed = isUnderWay(pid, caves, memory)
      ? errandErrors.errandUnderWay(pid)
      : await whileStopped(session, pid, hand);
    if (!(handed instanceof SleeperError)) return handed;
    // What is in the way now may be gone the next moment.
    log(`not yet (${order.what}): ${handed.code}`);
    if (performance.now() > deadline) throw handed;
    await delay(pauseMs, undefined, { signal });
  }
}

/** Whatever comes of the work, the process is let go. */
async function whileStopped<T>(session: GdbSession, pid: number, work: () => Promise<T>): Promise<T> {
  await session.attach(pid);
  try {
    return await work();
  } finally {
    if (session.holds) await session.detach();
  }
}

/** Is there an errand whose room is there, as large as rooms are, and does not say that it failed? */
function isUnderWay(pid: number, caves: readonly CodeCave[], memory: ProcessMemory): boolean {
  const going = caves
    .filter(({ bytes }) => bytes >= errandBytes([]))
    .map(({ at }) => roomOfEarlier(memory, at))
    .filter((room) => room !== null && readRoom(memory, room)?.failed === false);
  if (going.length === 0) return false;
  const mappings = parseMaps(readProc(`/proc/${pid}/maps`));
  return mappings.some(({ start, end }) => going.includes(start) && end - start === BigInt(roomBytes));
}

function errandOf(
  pid: number,
  order: Order,
  mappings: readonly Mapping[],
  memory: ProcessMemory,
  room: bigint,
): Errand {
  const libc = (name: string): bigint => {
    const address = findLibcFunction(mappings, memory, name);
    if (address === null) throw errors.staticProgram(pid, name);
    return address;
  };
  return {
    function: typeof order.function === 'string' ? libc(order.function) : order.function,
    arguments: order.arguments,
    failure: order.failure,
    ...(order.explain === undefined ? {} : { explain: libc(order.explain) }),
    errnoLocation: libc('__errno_location'),
    room,
  };
}

/** The room is there while the thread is on its errand, and stays when that failed. */
async function finished(
  pid: number,
  order: Order,
  { tid, room, code }: Sent,
  { memory, timeoutMs = defaultTimeoutMs, signal }: ErrandOptions,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const outcome = readRoom(memory, room);
    if (outcome?.failed === true) throw new ErrandFailed(outcome.reason, outcome.result);
    if (outcome === null) {
      // In this order: what the call brings about is there before the thread is back, and maybe before the call is done.
      const back = isElsewhere(pid, tid, code);
      const done = order.done();
      if ((done || back) && readRoom(memory, room) === null) {
        if (done) return;
        throw errandErrors.noRoom(pid);
      }
    }
    if (performance.now() > deadline) throw errandErrors.errandLate(pid, order.what, timeoutMs);
    await delay(pauseMs, undefined, { signal });
  }
}
