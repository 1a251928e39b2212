import { createHash } from 'node:crypto';
import { specialCode, type LogRecord } from '../agent/recordingLog.js';
import { mergeStacks, type NativeFrame } from './mergeStacks.js';
import type { RecordingLine, StateLetter } from './recordingFile.js';
import { variablesText } from './variablesText.js';

/** What a thread was doing just before a sample. */
export type Activity = 'cpu' | 'gil' | 'idle';

/** Where those wait who want the GIL of an interpreter. */
export interface GilLocks {
  readonly address: bigint;
  readonly bytes: number;
}

/** What the writer needs of others. */
export interface RecordingPorts {
  /** Takes a line, in order. */
  readonly write: (line: RecordingLine) => void;
  /** What a thread was doing just before the sample, by its kernel id; null: not known. The locks are those of its GIL. */
  readonly activity: (tid: number, gil: GilLocks | null) => Activity | null;
  /** The frames of C of a thread at the sample, innermost first, by its kernel id; null: not known. Null: not wanted. */
  readonly native: ((tid: number) => readonly NativeFrame[] | null) | null;
  /** The variables that are recorded of the function that they are recorded of, in this order; null: all. */
  readonly variableNames: readonly string[] | null;
  /** A thread's kernel id, from the one by which its own process knows it; null: not known. */
  readonly tid: (inner: number) => number | null;
}

/** A frame of Python in a stack, as the agent told of it. */
interface AgentNode {
  readonly caller: AgentNode | null;
  /** Numbers of the recording. */
  readonly frame: number;
  readonly node: number;
  readonly entry: boolean;
}

/** A stack of Python and one of C that were put together. */
interface MergedStack {
  readonly node: AgentNode | null;
  readonly native: readonly NativeFrame[] | null;
  readonly result: number;
  readonly fits: boolean;
}

interface KnownThread {
  readonly index: number;
  readonly interpreter: number;
  /** Null: not known. */
  readonly tid: number | null;
  /** In the last sample. The agent may find one again that it has called gone. */
  present: boolean;
  /** Null: no Python frame. */
  node: AgentNode | null;
  holdsGil: boolean;
  /** The last stacks of Python and of C that were put together. */
  merged: MergedStack | null;
  /** As written; null: not in the last sample. */
  written: string | null;
}

/** Stands below a stack of Python whose frames of C are not known. */
const unknownNative = { name: '(C frames unknown)', file: '', internal: false };

/** The numbers of frames, nodes and threads in a recording, whichever process they are of; and its time. */
export class RecordingNumbers {
  readonly frames = new Map<string, number>();
  readonly nodes = new Map<string, number>();
  readonly threads = new Map<string, number>();
  /** Of the first sample of all. CLOCK_MONOTONIC is the same for all processes. */
  firstNs: bigint | null = null;
}

/**
 * Turns the agent's log into the lines of a recording. The agent may forget its numbers; those of the recording stand
 * for ever.
 */
export class RecordingWriter {
  private readonly gilLocks = new Map<number, GilLocks>();
  /** By the numbers of the agent. */
  private codes = new Map<number, { readonly name: string; readonly file: string }>();
  private variables = new Map<number, string>();
  private agentNodes = new Map<number, AgentNode>();
  private threads = new Map<number, KnownThread>();
  /** The threads of the last sample before the agent forgot its numbers. */
  private forgotten = new Set<number>();
  /** Stacks in samples of which the frames of C did not fit those of Python. */
  unmerged = 0;
  /** The function whose variables are to be recorded was met. */
  metVariables = false;

  /** @param numbers shared by the writers of all processes of one recording */
  constructor(
    private readonly pid: number,
    private readonly ports: RecordingPorts,
    private readonly numbers = new RecordingNumbers(),
    private readonly isFirstProcess = true,
  ) {}

  /** @param stoppedUs how long the process was stopped for the sample */
  add(records: readonly LogRecord[], stoppedUs: number): void {
    for (const record of records) {
      switch (record.kind) {
        case 'forget':
          this.forget();
          break;
        case 'interpreter':
          this.gilLocks.set(record.id, { address: record.locks, bytes: record.bytes });
          break;
        case 'code':
          this.codes.set(record.number, record);
          break;
        case 'node':
          this.agentNodes.set(record.number, this.agentNode(record));
          break;
        case 'thread':
          this.thread(record);
          break;
        case 'name':
          this.name(record);
          break;
        case 'variables':
          this.metVariables = true;
          this.variables.set(record.number, variablesText(record.text, this.ports.variableNames));
          break;
        case 'sample':
          this.sample(record, stoppedUs);
      }
    }
  }

  private forget(): void {
    this.codes = new Map();
    this.variables = new Map();
    this.agentNodes = new Map();
    // Whoever is still there is in the next sample, under a new number.
    for (const { index, written } of this.threads.values()) if (written !== null) this.forgotten.add(index);
    this.threads = new Map();
  }

  private agentNode(record: Extract<LogRecord, { kind: 'node' }>): AgentNode {
    const { parent, entry } = record;
    const frame = this.pythonFrame(record);
    const caller = parent === 0 ? null : this.known(this.agentNodes.get(parent), 'node');
    return { caller, frame, entry, node: this.node(caller?.node ?? -1, frame) };
  }

  private node(caller: number, frame: number): number {
    return intern(this.numbers.nodes, `${caller} ${frame}`, () => this.ports.write(['node', caller, frame]));
  }

  private pythonFrame({ code, line, variables }: Extract<LogRecord, { kind: 'node' }>): number {
    let { name, file } = { name: '', file: '' };
    if (code === specialCode.more) name = '(more frames)';
    else if (code === specialCode.unreadable) name = '(unreadable frame)';
    else ({ name, file } = this.known(this.codes.get(code), 'code object'));
    const values = variables === 0 ? null : this.known(this.variables.get(variables), 'set of variables');
    const key = `${line} ${name}\0${file}${values === null ? '' : `\0${digest(values)}`}`;
    return intern(this.numbers.frames, key, () =>
      this.ports.write(
        values === null ? ['frame', name, file, line] : ['frame', name, file, line, null, values],
      ),
    );
  }

  private nativeFrame({ name, file, internal }: Omit<NativeFrame, 'evaluates'>): number {
    const kind = internal ? 'internal' : 'native';
    return intern(this.numbers.frames, `${kind} ${name}\0${file}`, () =>
      this.ports.write(['frame', name, file, null, kind]),
    );
  }

  /** The node of a thread's stack, with the frames of C, if they are wanted. */
  private stack(thread: KnownThread): number {
    const { node, tid, merged } = thread;
    if (this.ports.native === null) return node?.node ?? -1;
    const native = tid === null ? null : this.ports.native(tid);
    const stack =
      merged?.node === node && merged.native === native
        ? merged
        : { node, native, ...this.merge(node, native) };
    thread.merged = stack;
    if (!stack.fits) this.unmerged++;
    return stack.result;
  }

  private merge(
    innermost: AgentNode | null,
    native: readonly NativeFrame[] | null,
  ): { readonly result: number; readonly fits: boolean } {
    if (innermost === null) return { result: -1, fits: true };
    const python: AgentNode[] = [];
    for (let node: AgentNode | null = innermost; node !== null; node = node.caller) python.push(node);
    const frames = python.map(({ frame, entry }) => ({ frame, entry }));
    const merged = native === null ? null : mergeStacks(frames, native);
    if (merged === null)
      return { result: this.node(innermost.node, this.nativeFrame(unknownNative)), fits: false };
    const result = merged.reduceRight<number>(
      (caller, frame) => this.node(caller, typeof frame === 'number' ? frame : this.nativeFrame(frame)),
      -1,
    );
    return { result, fits: true };
  }

  private thread({ number, interpreter, ident, tid }: Extract<LogRecord, { kind: 'thread' }>): void {
    const known = tid === 0 ? null : this.ports.tid(tid);
    const index = intern(this.numbers.threads, `${this.pid} ${interpreter} ${ident} ${tid}`, () =>
      this.ports.write(['thread', this.pid, known]),
    );
    this.threads.set(number, {
      ...{ index, interpreter, tid: known, present: false },
      ...{ node: null, holdsGil: false, merged: null, written: null },
    });
  }

  private name({ thread, name }: Extract<LogRecord, { kind: 'name' }>): void {
    this.ports.write(['name', this.known(this.threads.get(thread), 'thread').index, name]);
  }

  private sample(sample: Extract<LogRecord, { kind: 'sample' }>, stoppedUs: number): void {
    for (const { thread, node, holdsGil } of sample.changed) {
      const known = this.known(this.threads.get(thread), 'thread');
      known.node = node === 0 ? null : this.known(this.agentNodes.get(node), 'node');
      known.holdsGil = holdsGil;
      known.present = true;
    }
    const gone = sample.gone.map((number) => {
      const known = this.known(this.threads.get(number), 'thread');
      known.present = false;
      known.written = null;
      return known.index;
    });
    const changed: [number, number, StateLetter][] = [];
    for (const thread of this.threads.values()) {
      if (!thread.present) continue;
      this.forgotten.delete(thread.index);
      const letter = this.letter(thread);
      const node = this.stack(thread);
      const written = `${node} ${letter}`;
      if (written === thread.written) continue;
      thread.written = written;
      changed.push([thread.index, node, letter]);
    }
    gone.push(...this.forgotten);
    this.forgotten.clear();
    this.numbers.firstNs ??= sample.ns;
    const ms = Math.round(Number(sample.ns - this.numbers.firstNs) / 1000) / 1000;
    // Two processes may be sampled at once, and the one that was first be read last.
    const line = ['sample', Math.max(0, ms), stoppedUs, changed, gone] as const;
    this.ports.write(this.isFirstProcess ? [...line] : [...line, this.pid]);
  }

  private letter({ tid, interpreter, holdsGil }: KnownThread): StateLetter {
    const locks = this.gilLocks.get(interpreter);
    const gil = locks === undefined || locks.address === 0n ? null : locks;
    const activity = tid === null ? null : this.ports.activity(tid, gil);
    // Who holds the GIL now has waited for it then.
    if (holdsGil) return activity === 'idle' ? 'I' : 'C';
    return ({ cpu: 'c', gil: 'g', idle: 'i' } as const)[activity ?? 'idle'];
  }

  private known<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw new RangeError(`the agent's log names a ${what} that it has not told of`);
    return value;
  }
}

/** Stands for a text that may be long, of which there may be many. */
function digest(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}

/** The number of a thing, which is told of when it is new. */
function intern(numbers: Map<string, number>, key: string, tell: () => void): number {
  let number = numbers.get(key);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(key, number);
    tell();
  }
  return number;
}
