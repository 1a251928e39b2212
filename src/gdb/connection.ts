import { performance } from 'node:perf_hooks';
import { lineSplitter } from './lineSplitter.js';
import { parseMiLine } from './miParser.js';
import { text, type MiAsyncRecord, type MiRecord, type MiTuple } from './miRecord.js';
import type { Trace } from './trace.js';
import type { GdbTransport } from './transport.js';

/** What gdb answered to one command. */
export interface Answer {
  /** "done", "running", "error", "exit", "connected". */
  readonly class: string;
  readonly results: MiTuple;
  /** gdb's words, where the class is "error". */
  readonly message: string;
  /** What was printed on gdb's console since the answer before this one. */
  readonly console: string;
  /** The same for gdb's log, where its warnings go. */
  readonly log: string;
  /** When the answer came; milliseconds of the monotonic clock (`performance.now()`). */
  readonly at: number;
}

/** gdb ended while something was expected of it. */
export class GdbEnded extends Error {
  override readonly name = 'GdbEnded';
  constructor(readonly lastOutput: string) {
    super('gdb ended');
  }
}

interface Pending<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

interface Waiter extends Pending<MiAsyncRecord> {
  wanted(record: MiAsyncRecord): boolean;
}

const keptOutput = 4000;

/** Commands to gdb and their answers, matched by token; and the records that come by themselves. */
export class MiConnection {
  private nextToken = 1;
  private readonly pending = new Map<number, Pending<Answer>>();
  private readonly waiters = new Set<Waiter>();
  private readonly listeners = new Set<(record: MiAsyncRecord, at: number) => void>();
  private console: string[] = [];
  private log: string[] = [];
  private outputTail = '';
  private over: GdbEnded | null = null;
  private sawPrompt: () => void = () => undefined;
  /** Resolves when gdb reads commands, or has ended. */
  readonly firstPrompt: Promise<void>;
  /** Resolves when gdb has ended and has been reaped. */
  readonly ended: Promise<void>;

  constructor(
    private readonly transport: GdbTransport,
    private readonly trace: Trace | null = null,
  ) {
    this.firstPrompt = new Promise((resolve) => (this.sawPrompt = resolve));
    transport.onData(lineSplitter((line) => this.line(line)));
    this.ended = new Promise((resolve) => {
      transport.onExit(() => {
        // The last output may still be on its way: it is waited for nowhere, so this is its only chance.
        setImmediate(() => {
          this.end();
          resolve();
        });
      });
    });
  }

  /** False once gdb has ended. */
  get alive(): boolean {
    return this.over === null;
  }

  /**
   * Sends one command; several may be under way, gdb answers them in order. An answer of class
   * "error" is an answer, not an exception.
   * @param command ASCII, without a newline
   * @throws GdbEnded
   */
  async send(command: string): Promise<Answer> {
    const [answer] = this.sendAll([command]);
    if (answer === undefined) throw new RangeError('no command');
    return answer;
  }

  /** Sends several commands in one write; one promise for the answer of each, in order. */
  sendAll(commands: readonly string[]): Promise<Answer>[] {
    const { over } = this;
    if (over !== null) return commands.map(() => silenced(Promise.reject(over)));
    let bytes = '';
    const answers = commands.map((command) => {
      // A control character would end the command, or signal gdb.
      if (!/^[\x20-\x7e]*$/.test(command)) throw new RangeError('a command to gdb must be printable ASCII');
      const token = this.nextToken++;
      const line = `${token}${command}`;
      this.trace?.line('to gdb', line);
      bytes += `${line}\n`;
      return silenced(new Promise<Answer>((resolve, reject) => this.pending.set(token, { resolve, reject })));
    });
    this.transport.write(bytes);
    return answers;
  }

  /**
   * The next record that fits, of those that come after this call. Call it before the command that
   * provokes the record.
   */
  expect(wanted: (record: MiAsyncRecord) => boolean): Promise<MiAsyncRecord> {
    const { over } = this;
    if (over !== null) return silenced(Promise.reject(over));
    return silenced(
      new Promise((resolve, reject) => {
        const waiter = { wanted, resolve, reject };
        this.waiters.add(waiter);
      }),
    );
  }

  /** Calls back with every answer and every record that comes by itself, before those who wait for it. */
  onRecord(listener: (record: MiAsyncRecord, at: number) => void): void {
    this.listeners.add(listener);
  }

  /** The end of what gdb printed, for messages. */
  get lastOutput(): string {
    return this.outputTail;
  }

  private line(line: string): void {
    this.trace?.line('from gdb', line);
    const at = performance.now();
    const record = parseMiLine(line);
    switch (record.kind) {
      case 'console':
        this.console.push(record.text);
        this.keep(record.text);
        break;
      case 'log':
        this.log.push(record.text);
        this.keep(record.text);
        break;
      case 'junk':
        this.keep(`${record.text}\n`);
        break;
      case 'result':
        for (const listener of this.listeners) listener(record, at);
        this.answer(record, at);
        break;
      case 'exec':
      case 'status':
      case 'notify':
        for (const listener of this.listeners) listener(record, at);
        for (const waiter of this.waiters) {
          if (!waiter.wanted(record)) continue;
          this.waiters.delete(waiter);
          waiter.resolve(record);
        }
        break;
      case 'prompt':
        this.sawPrompt();
        break;
      case 'target':
        break;
    }
  }

  private keep(output: string): void {
    this.outputTail = (this.outputTail + output).slice(-keptOutput);
  }

  private answer(record: Extract<MiRecord, { kind: 'result' }>, at: number): void {
    if (record.token === null) return;
    const pending = this.pending.get(record.token);
    if (pending === undefined) return;
    this.pending.delete(record.token);
    const answer: Answer = {
      class: record.class,
      results: record.results,
      message: text(record.results, 'msg') ?? '',
      console: this.console.join(''),
      log: this.log.join(''),
      at,
    };
    this.console = [];
    this.log = [];
    pending.resolve(answer);
  }

  private end(): void {
    const over = new GdbEnded(this.outputTail);
    this.over = over;
    this.sawPrompt();
    for (const waiting of [...this.pending.values(), ...this.waiters]) waiting.reject(over);
    this.pending.clear();
    this.waiters.clear();
  }
}

/** A promise that may fail before, or without, being awaited. */
function silenced<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
