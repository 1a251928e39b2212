import type { Memory } from './memory.js';

/** The version of the layout below: SLEEPER_ABI of agent-c/include/sleeper.h. */
export const controlAbi = 4;

type FieldType = 'text' | 'u32' | 'u64' | 'bytes';

/**
 * `struct sleeper_control` of agent-c/include/sleeper.h: offset, size, type. The only place in the CLI
 * that knows it; a test compares it with the header.
 */
export const controlLayout = {
  magic: { at: 0, size: 8, type: 'text' },
  abi: { at: 8, size: 4, type: 'u32' },
  size: { at: 12, size: 4, type: 'u32' },
  version: { at: 16, size: 16, type: 'text' },
  state: { at: 32, size: 4, type: 'u32' },
  python_version: { at: 36, size: 4, type: 'u32' },
  reason: { at: 40, size: 128, type: 'text' },
  missing: { at: 168, size: 256, type: 'text' },
  entry: { at: 424, size: 8, type: 'u64' },
  done: { at: 432, size: 8, type: 'u64' },
  stack_top: { at: 440, size: 8, type: 'u64' },
  arena: { at: 448, size: 8, type: 'u64' },
  arena_size: { at: 456, size: 8, type: 'u64' },
  request: { at: 464, size: 4, type: 'u32' },
  flags: { at: 468, size: 4, type: 'u32' },
  limits: { at: 472, size: 36, type: 'bytes' },
  input_length: { at: 508, size: 4, type: 'u32' },
  status: { at: 512, size: 4, type: 'u32' },
  served: { at: 516, size: 4, type: 'u32' },
  output: { at: 520, size: 8, type: 'u64' },
  length: { at: 528, size: 8, type: 'u64' },
  resumed: { at: 536, size: 4, type: 'u32' },
  again: { at: 540, size: 4, type: 'u32' },
  landing: { at: 544, size: 8, type: 'u64' },
  resume_pc: { at: 552, size: 8, type: 'u64' },
  resume_ax: { at: 560, size: 8, type: 'u64' },
  resume_syscall: { at: 568, size: 8, type: 'u64' },
  resume_sp: { at: 576, size: 8, type: 'u64' },
  live_start: { at: 584, size: 8, type: 'u64' },
  live_request_fd: { at: 592, size: 4, type: 'u32' },
  live_answer_fd: { at: 596, size: 4, type: 'u32' },
  live_state: { at: 600, size: 4, type: 'u32' },
  recording_owner: { at: 604, size: 4, type: 'u32' },
  recording_id: { at: 608, size: 8, type: 'u64' },
  recording_bytes: { at: 616, size: 8, type: 'u64' },
  recording_period_ns: { at: 624, size: 8, type: 'u64' },
  recording_collected: { at: 632, size: 8, type: 'u64' },
  recording: { at: 640, size: 8, type: 'u64' },
  recording_variables_of: { at: 648, size: 128, type: 'text' },
  begun: { at: 776, size: 8, type: 'u64' },
  end: { at: 784, size: 8, type: 'u64' },
  live_tid: { at: 792, size: 4, type: 'u32' },
  wait_notes_count: { at: 796, size: 4, type: 'u32' },
  wait_notes: { at: 800, size: 8, type: 'u64' },
} as const satisfies Record<string, { at: number; size: number; type: FieldType }>;

export const controlSize = 808;

/** `enum sleeper_state`. */
export const agentState = { notPython: 0, ready: 1, unsupported: 2 } as const;
/** `enum sleeper_request_kind`. */
export const requestKind = { none: 0, dump: 1, backtrace: 2, fault: 3, sample: 4, endRecording: 5 } as const;
/** `enum sleeper_request_flags`. */
export const requestFlag = { locals: 1, globals: 2 } as const;
/** `enum sleeper_status`. */
export const agentStatus = { idle: 0, running: 1, done: 2, refused: 3 } as const;

/** The members of `struct sleeper_limits`, in order; each a `uint32_t`, 0 for the agent's default. */
export const limitNames = [
  'threads',
  'frames',
  'depth',
  'items',
  'string',
  'repr',
  'variables',
  'warnings',
  'answer',
] as const;
export type Limits = Readonly<Partial<Record<(typeof limitNames)[number], number>>>;

/** A session of the live tier, as the target itself knows it. */
export interface LiveSession {
  readonly requestFd: number;
  readonly answerFd: number;
  /** The thread that serves it and runs no Python; 0: it has just been started. */
  readonly tid: number;
}

/** The control block at one moment. Addresses are of the target's address space. */
export interface ControlBlock {
  /** Its own address. */
  readonly control: bigint;
  readonly version: string;
  /** One of `agentState`. */
  readonly state: number;
  /** Like PY_VERSION_HEX; 0 when not Python. */
  readonly pythonVersion: number;
  readonly reason: string;
  /** The symbols that the agent looked for in vain. */
  readonly missing: readonly string[];
  readonly entry: bigint;
  readonly done: bigint;
  readonly landing: bigint;
  readonly stackTop: bigint;
  readonly arena: bigint;
  readonly arenaSize: bigint;
  /** One of `agentStatus`. */
  readonly status: number;
  /** How many calls were begun. */
  readonly served: number;
  readonly output: bigint;
  readonly length: bigint;
  /** The function that begins a session of the live tier. */
  readonly liveStart: bigint;
  /** The address of the recording; 0: none. */
  readonly recording: bigint;
  /** The process that has its memory, by the id that it knows itself by; a child of it has only the address. */
  readonly recordingOwner: number;
  /** A session of the live tier; null: none is open. */
  readonly live: LiveSession | null;
  /** Where the notes of waits are (waitNotes.ts), and how many there is room for. */
  readonly waitNotes: bigint;
  readonly waitNotesCount: number;
}

/** What is at the address is no control block of this version of the agent. */
export class NotControlBlock extends Error {
  override readonly name = 'NotControlBlock';
  constructor(
    readonly found: 'other memory' | 'other version',
    /** The agent's version, where it is another one. */
    readonly version: string,
  ) {
    super(`${found} where the agent's control block was expected`);
  }
}

/**
 * Reads the control block.
 * @throws NotControlBlock, and what `memory.read` throws
 */
export function readControlBlock(memory: Memory, address: bigint): ControlBlock {
  const block = memory.read(address, controlSize);
  const string = (name: keyof typeof controlLayout): string => {
    const { at, size } = controlLayout[name];
    const bytes = block.subarray(at, at + size);
    const end = bytes.indexOf(0);
    return bytes.toString('utf8', 0, end < 0 ? size : end);
  };
  const u32 = (name: keyof typeof controlLayout): number => block.readUInt32LE(controlLayout[name].at);
  const u64 = (name: keyof typeof controlLayout): bigint => block.readBigUInt64LE(controlLayout[name].at);
  if (string('magic') !== 'sleeper') throw new NotControlBlock('other memory', '');
  if (u32('abi') !== controlAbi || u32('size') !== controlSize)
    throw new NotControlBlock('other version', string('version'));
  return {
    control: address,
    version: string('version'),
    state: u32('state'),
    pythonVersion: u32('python_version'),
    reason: string('reason'),
    missing: string('missing').split(' ').filter(Boolean),
    entry: u64('entry'),
    done: u64('done'),
    landing: u64('landing'),
    stackTop: u64('stack_top'),
    arena: u64('arena'),
    arenaSize: u64('arena_size'),
    status: u32('status'),
    served: u32('served'),
    output: u64('output'),
    length: u64('length'),
    liveStart: u64('live_start'),
    recording: u64('recording'),
    recordingOwner: u32('recording_owner'),
    live:
      u32('live_state') === 0
        ? null
        : { requestFd: u32('live_request_fd'), answerFd: u32('live_answer_fd'), tid: u32('live_tid') },
    waitNotes: u64('wait_notes'),
    waitNotesCount: u32('wait_notes_count'),
  };
}

/** A request, as the agent is told it. */
export interface AgentRequest {
  /** One of `requestKind`. */
  readonly kind: number;
  /** A sum of `requestFlag`s. */
  readonly flags?: number;
  readonly limits?: Limits;
  /** The sockets and pipes to describe from inside. */
  readonly sockets?: readonly number[];
}

/**
 * Writes a request into the control block and the arena. Only while the target is stopped by this
 * very debugger: that is what keeps two sleepers apart.
 */
export function writeRequest(
  memory: Memory,
  address: bigint,
  block: ControlBlock,
  request: AgentRequest,
): void {
  const sockets = (request.sockets ?? []).slice(0, Math.floor(Number(block.arenaSize) / 2 / 4));
  const start = controlLayout.request.at;
  const end = controlLayout.status.at + controlLayout.status.size;
  const bytes = Buffer.alloc(end - start);
  bytes.writeUInt32LE(request.kind, controlLayout.request.at - start);
  bytes.writeUInt32LE(request.flags ?? 0, controlLayout.flags.at - start);
  limitNames.forEach((name, index) =>
    bytes.writeUInt32LE(request.limits?.[name] ?? 0, controlLayout.limits.at - start + 4 * index),
  );
  bytes.writeUInt32LE(sockets.length * 4, controlLayout.input_length.at - start);
  bytes.writeUInt32LE(agentStatus.idle, controlLayout.status.at - start);
  memory.write(address + BigInt(start), bytes);
  // After the status, by which another sleeper that still reads an earlier answer from the arena sees that it is gone.
  if (sockets.length > 0) memory.write(block.arena, Buffer.from(Int32Array.from(sockets).buffer));
}

/** What is to be told to the agent beside a request for a sample. */
export interface Sampling {
  /** Of the recording; not 0. */
  readonly id: bigint;
  /** The memory that the recording may have in the process, if it begins now. */
  readonly bytes: bigint;
  readonly periodNs: bigint;
  /** The length of the log up to which it was read. */
  readonly collected: bigint;
  /** The function whose variables are recorded, at most 127 bytes; empty: none. */
  readonly variablesOf: string;
}

/** Writes it, beside `writeRequest`, under the same condition. */
export function writeSampling(memory: Memory, address: bigint, sampling: Sampling): void {
  const start = controlLayout.recording_id.at;
  const bytes = Buffer.alloc(controlLayout.recording.at - start);
  bytes.writeBigUInt64LE(sampling.id, controlLayout.recording_id.at - start);
  bytes.writeBigUInt64LE(sampling.bytes, controlLayout.recording_bytes.at - start);
  bytes.writeBigUInt64LE(sampling.periodNs, controlLayout.recording_period_ns.at - start);
  bytes.writeBigUInt64LE(sampling.collected, controlLayout.recording_collected.at - start);
  memory.write(address + BigInt(start), bytes);
  const name = Buffer.alloc(controlLayout.recording_variables_of.size);
  name.write(sampling.variablesOf, 0, name.length - 1, 'utf8');
  memory.write(address + BigInt(controlLayout.recording_variables_of.at), name);
}

/** Tells the agent where the thread that is about to call it is. */
export function writeResumePc(memory: Memory, address: bigint, pc: bigint): void {
  const bytes = Buffer.alloc(controlLayout.resume_pc.size);
  bytes.writeBigUInt64LE(pc);
  memory.write(address + BigInt(controlLayout.resume_pc.at), bytes);
}
