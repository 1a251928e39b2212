import { performance } from 'node:perf_hooks';
import { errors } from '../errors.js';
import { replErrors } from '../replErrors.js';
import { CallsAtStop } from '../target/callsAtStop.js';
import { listedThreads } from '../target/listedThreads.js';
import { endOf } from '../target/liveDirectory.js';
import { assertFewThreads, attachError } from './attachError.js';
import { breakOffWhen } from './breakOff.js';
import { GdbEnded, MiConnection, type Answer } from './connection.js';
import { DeadlinePassed, within } from './deadline.js';
import { findGdb } from './findGdb.js';
import { startGdbProcess } from './gdbProcess.js';
import { defaultDeadlines, defaultMostThreads, type GdbDeadlines, type GdbOptions } from './gdbOptions.js';
import { demangleCommand } from './demangleCommand.js';
import type { Guard } from './guard.js';
import { takeHeadStart } from './headStart.js';
import { inConsole, isStopOrEnd, type MiAsyncRecord } from './miRecord.js';
import {
  againCommands,
  aimCommand,
  callCommands,
  callOutcome,
  endsCall,
  pokeCommand,
  type CallOutcome,
  type PreservedCall,
} from './preservedCall.js';
import { errandCommands, type SentErrand } from './sentErrand.js';
import { startUp } from './startUp.js';
import { StopSignal } from './stopSignal.js';
import { asNumbered, ThreadNumbers } from './threadNumbers.js';
import { parseRegisters, registersCommand, type UnwindRegisters } from './threadRegisters.js';
import { Told } from './told.js';
import type { GdbTransport } from './transport.js';
import { waitForOthers } from './waitForOthers.js';

export interface CallOptions {
  /** Runs when the target has stopped, before the call: writes the request. */
  readonly prepare?: () => void;
  /** The thread to borrow, by its kernel id; the main thread unless given, or if it is gone. */
  readonly tid?: number | null;
  /** What becomes of the target after the call, in the same breath. */
  readonly then: 'detach' | 'continue' | 'stay';
  readonly deadlineMs?: number;
}

export interface CallReport {
  readonly outcome: CallOutcome;
  /** From just before the stop was asked for until it was known to be over: an upper bound. Microseconds. */
  readonly stoppedUs: number;
}

type State = 'detached' | 'stopped' | 'running';

/**
 * One gdb, and the one process it may be attached to. Whatever happens, `close` leaves the target
 * running and untraced.
 *
 * Operations are called one after the other; only `close` may be called at any moment.
 */
export class GdbSession {
  private state: State = 'detached';
  private pid = 0;
  /** When the target was asked to stop, by the monotonic clock; and when it was last seen let go. */
  private stopAskedAt = 0;
  private letGoAt = 0;
  private readonly stopSignal = new StopSignal();
  private threads: ThreadNumbers | null = null;
  private calls: CallsAtStop | null = null;
  private readonly told = new Told();
  private work: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> | null = null;
  private killed = false;
  private attached = 0;
  private readonly deadlines: GdbDeadlines;
  private readonly mostThreads: number;
  /** Resolves when gdb has started, with its major version; awaited by `attach`. */
  readonly ready: Promise<number>;

  private constructor(
    name: string,
    private readonly transport: GdbTransport,
    private readonly connection: MiConnection,
    private readonly guard: Guard | null,
    options: GdbOptions,
  ) {
    this.deadlines = { ...defaultDeadlines, ...options.deadlines };
    this.mostThreads = options.mostThreads ?? defaultMostThreads;
    connection.onRecord((record, at) => this.follow(record, at));
    this.ready = startUp(connection, this.deadlines, name, guard?.pid ?? null).finally(() => {
      this.state = 'detached';
    });
    this.ready.catch(() => undefined);
    this.work = this.ready;
  }

  /**
   * Starts gdb and returns at once: gdb needs 50 to 300 ms, in which the caller can prepare.
   * @throws SleeperError gdb-missing
   */
  static start(options: GdbOptions = {}): GdbSession {
    const environment = options.environment ?? process.env;
    const gdb = findGdb(options.gdb ?? 'gdb', environment['PATH']);
    const { transport, guard } = takeHeadStart(gdb) ?? startGdbProcess(gdb, environment);
    return GdbSession.over(transport, { ...options, gdb }, guard);
  }

  /** A session over a gdb that was started by somebody else: for tests. */
  static over(transport: GdbTransport, options: GdbOptions = {}, guard: Guard | null = null): GdbSession {
    const connection = new MiConnection(transport, options.trace ?? null);
    return new GdbSession(options.gdb ?? 'gdb', transport, connection, guard, options);
  }

  /** gdb's own process. */
  get gdbPid(): number {
    return this.transport.pid;
  }

  /** gdb did not do what it was told in time and was ended by SIGKILL. */
  get gdbWasKilled(): boolean {
    return this.killed;
  }

  /** How often it has attached. */
  get attaches(): number {
    return this.attached;
  }

  /** The target is attached to, and stands still. */
  get holds(): boolean {
    return this.state === 'stopped';
  }

  /** What /proc/PID/task/TID/syscall said of a thread of the target when that was stopped last; "" if it was gone. */
  readonly callAtStop = (tid: number): string => this.calls?.line(tid) ?? '';

  /**
   * Attaches to a process and stops all its threads. Where somebody else traces it, there may be a way in a moment
   * later: another sleeper's look takes milliseconds.
   * @throws SleeperError no-such-process, too-many-threads, already-traced, attach-denied, gdb-*
   */
  attach(pid: number): Promise<void> {
    return this.operation(async () => {
      const major = await this.ready;
      if (this.state !== 'detached') throw new Error(`already attached to ${this.pid}`);
      assertFewThreads(pid, this.mostThreads);
      this.pid = pid;
      this.stopSignal.aimAt(pid);
      this.guard?.watch(pid);
      this.threads = new ThreadNumbers(pid, asNumbered(listedThreads(pid), major), this.told, (command) =>
        this.patiently(this.deadlines.step, 'looking for a thread of', this.connection.send(command)),
      );
      this.calls = new CallsAtStop(pid);
      const stopped = this.connection.expect(isStopOrEnd);
      const attach = async (): Promise<void> => {
        this.stopAskedAt = performance.now();
        const attaching = this.connection.send(`-target-attach ${pid}`);
        const answer = await this.patiently(this.deadlines.attach, 'attaching to', attaching);
        if (answer.class === 'error') throw attachError(pid, answer.message);
      };
      await waitForOthers(attach, this.deadlines.tracer, () => this.closing !== null);
      await this.patiently(this.deadlines.attach, 'attaching to', stopped);
      if (this.now() !== 'stopped') throw errors.noSuchProcess(pid);
      this.attached++;
      await this.beginAgain();
    });
  }

  /**
   * Tells gdb of a call before the target is stopped for it, which `call` and `poke` do in the stop otherwise.
   * @throws SleeperError gdb-*
   */
  aim(call: PreservedCall): Promise<void> {
    return this.operation(async () => {
      await this.ready;
      await this.aimAt(call);
    });
  }

  /**
   * Lets one thread of the stopped target make a call, puts its registers back, and lets the target go.
   * Exclusive: between the stop and the end of the call no other debugger can be attached.
   * @throws SleeperError gdb-*; an error of `prepare`, after which the target is still stopped
   */
  call(call: PreservedCall, options: CallOptions): Promise<CallReport> {
    return this.operation(async () => {
      if (this.state !== 'stopped') throw new Error(`the process is ${this.state}`);
      await this.aimAt(call);
      const selecting = this.selectCommands(options.tid ?? null);
      selecting.catch(() => undefined);
      // While gdb looks for the thread.
      options.prepare?.();
      const selection = await selecting;
      const stopped = this.connection.expect((record) => endsCall(call, record));
      const last = { detach: ['-target-detach'], continue: ['-exec-continue'], stay: [] }[options.then];
      const answers = this.connection.sendAll([...selection, ...callCommands, ...last]);
      const all = Promise.all(answers);
      const brokenOff = await this.orBreakOff(options.deadlineMs ?? this.deadlines.call, all);
      const [called, restored, let_go] = (await all).slice(selection.length);
      if (selection.length > 0 && (await all)[0]?.class === 'error') this.told.selected(null);
      const outcome = await this.outcome(call, called, stopped);
      if (outcome.kind === 'processEnded') this.state = 'detached';
      else complain(restored, 'sleeper-restore');
      if (outcome.kind !== 'processEnded' && options.then !== 'stay') complain(let_go, last[0] ?? '');
      if (brokenOff) this.settleDebt();
      return { outcome, stoppedUs: this.stoppedUs() };
    });
  }

  /**
   * Stops the running process, lets one thread make a call, and lets the process run on; gdb stays attached. Takes a
   * third of the time of `interrupt`, `call` and `continue`.
   * @param tid the thread to borrow, by its kernel id; if it does not stop as the first one, that one is borrowed
   * @throws SleeperError gdb-*
   */
  poke(call: PreservedCall, tid: number): Promise<CallReport> {
    return this.operation(async () => {
      await this.stopNow(tid);
      if (this.now() === 'detached')
        return { outcome: { kind: 'processEnded' }, stoppedUs: this.stoppedUs() };
      await this.aimAt(call);
      const stopped = this.connection.expect((record) => endsCall(call, record));
      // gdb answers "running" before the script has come to its end, but does nothing else before that.
      const answers = this.connection.sendAll([pokeCommand, '-data-evaluate-expression 1']);
      const all = Promise.all(answers);
      await this.orBreakOff(this.deadlines.call, all);
      const outcome = await this.outcome(call, (await all).at(-2), stopped);
      if (outcome.kind === 'processEnded') this.state = 'detached';
      return { outcome, stoppedUs: this.stoppedUs() };
    });
  }

  /**
   * Writes an errand into the stopped target, makes one of its threads begin it, and lets the target go at once. The
   * thread comes back by itself; what became of the errand shows in the target. Exclusive, like `call`.
   * @returns for how long the target was stopped, as in `CallReport`
   * @throws SleeperError gdb-*
   */
  send(errand: SentErrand): Promise<number> {
    return this.operation(async () => {
      if (this.state !== 'stopped') throw new Error(`the process is ${this.state}`);
      if ((await this.threads?.find(errand.tid)) === undefined)
        throw errors.gdbRefused('thread find', `no thread ${errand.tid}`);
      const selection = await this.selectCommands(errand.tid);
      // One after the other: a thread must not begin what was not written.
      for (const command of [...selection, ...errandCommands(errand)]) {
        const answer = await this.patiently(this.deadlines.step, 'sending', this.connection.send(command));
        if (answer.class === 'error') this.told.selected(null);
        complain(answer, command.slice(0, command.indexOf(' ')));
      }
      await this.detachNow();
      return this.stoppedUs();
    });
  }

  /**
   * Stops the running target. Returns at once if it stands already.
   * @param tid the thread that is to stop first, by its kernel id, as for `poke`
   */
  interrupt(tid?: number): Promise<void> {
    return this.operation(() => this.stopNow(tid));
  }

  /**
   * The registers of threads of the stopped target.
   * @param tids the kernel's ids. All threads are told of, if one of these was never before
   * @throws SleeperError gdb-*
   */
  registers(tids: readonly number[]): Promise<ReadonlyMap<number, UnwindRegisters>> {
    return this.operation(async () => {
      if (this.state !== 'stopped') return new Map();
      const numbers = tids.map((tid) => this.threads?.get(tid));
      const known = numbers.filter((number) => number !== undefined);
      const command = inConsole(registersCommand(known.length === tids.length ? known : null));
      const answer = await this.patiently(
        this.deadlines.step,
        'reading registers of',
        this.connection.send(command),
      );
      // A thread that ends just now is no failure, and gdb goes on with the next one.
      const read = parseRegisters(answer.console);
      this.threads?.learn(tids, read);
      return new Map(read.map(({ tid, registers }) => [tid, registers]));
    });
  }

  /**
   * Runs a command of a person's in gdb and gives what it printed. Calls of functions are forbidden it: gdb's own
   * call damages the process on some CPUs.
   * @param command printable ASCII
   * @param signal breaks the command off, and the process stays as it is; a gdb that does not heed it is killed
   * @throws SleeperError gdb-command where gdb complains; gdb-*; the reason of `signal`
   */
  console(command: string, signal: AbortSignal = new AbortController().signal): Promise<string> {
    return this.operation(async () => {
      if (this.state !== 'stopped') throw new Error(`the process is ${this.state}`);
      const answers = Promise.all(
        this.connection.sendAll(['-gdb-set may-call-functions off', inConsole(command)]),
      );
      const brokenOff = breakOffWhen(signal, this.transport, answers);
      await Promise.race([this.patiently(this.deadlines.console, 'busy with', answers), brokenOff]);
      const [, answer] = await this.patiently(this.deadlines.step, 'busy with', answers);
      this.told.selected(null);
      signal.throwIfAborted();
      if (answer?.class === 'error') throw replErrors.gdbCommand(command, answer.message);
      return answer?.console ?? '';
    });
  }

  /**
   * The names of functions of C++ and Rust as their sources have them; others as they are. Whatever the target does.
   * @throws SleeperError gdb-*
   */
  demangle(names: readonly string[]): Promise<string[]> {
    return this.operation(async () => {
      const answers = Promise.all(
        this.connection.sendAll(names.map((name) => inConsole(demangleCommand(name)))),
      );
      const demangled = await this.patiently(this.deadlines.console, 'demangling for', answers);
      return names.map((name, index) => {
        const shown = demangled[index]?.console.trim() ?? '';
        return shown === '' ? name : shown;
      });
    });
  }

  /** Lets the stopped target run; gdb stays attached. */
  continue(): Promise<void> {
    return this.operation(async () => {
      if (this.state !== 'stopped') return;
      complain(
        await this.patiently(this.deadlines.step, 'continuing', this.connection.send('-exec-continue')),
        '-exec-continue',
      );
    });
  }

  /** Lets the target go. Returns for how long it was stopped, as in `CallReport`. */
  detach(): Promise<number> {
    return this.operation(async () => {
      await this.detachNow();
      this.settleDebt();
      return this.stoppedUs();
    });
  }

  /**
   * Lets the target go, whatever gdb was doing, and ends gdb. When this returns gdb has been reaped.
   * Never fails; may be called more than once and at any moment.
   */
  close(): Promise<void> {
    this.closing ??= this.closeNow();
    return this.closing;
  }

  private async closeNow(): Promise<void> {
    await this.work.catch(() => undefined);
    try {
      if (this.connection.alive) await this.detachNow();
      // It holds nothing any more, and to end by itself takes it 10 ms.
      this.transport.kill();
      await within(this.deadlines.step, 'the end of gdb', this.connection.ended);
    } catch {
      await this.killGdb();
    }
    if (this.state !== 'detached') this.letGoOfTheDead();
    this.settleDebt();
    this.transport.close();
    if (this.guard !== null) {
      await within(this.deadlines.step, 'the end of the guard', this.guard.end()).catch(() => undefined);
    }
  }

  /** One thing after the other; `close` waits for what is under way. */
  private operation<T>(run: () => Promise<T>): Promise<T> {
    if (this.closing !== null) return Promise.reject(new GdbEnded(this.connection.lastOutput));
    const result = this.work.then(run).finally(() => {
      if (this.state !== 'detached') return;
      this.guard?.watch(null);
      this.calls?.close();
    });
    this.work = result.catch(() => undefined);
    return result;
  }

  /** Keeps `state` true to what gdb reports. */
  private follow(record: MiAsyncRecord, at: number): void {
    if (record.kind === 'exec' && record.class === 'stopped') {
      this.state = 'stopped';
      this.told.stopped(record);
    }
    // `^running` as well: the `*running` that follows may not have come yet when the answer is acted upon.
    if ((record.kind === 'exec' || record.kind === 'result') && record.class === 'running') {
      this.state = 'running';
      this.letGoAt = at;
    }
    if (record.kind === 'notify' && record.class === 'thread-group-exited') {
      this.state = 'detached';
      this.letGoAt = at;
    }
  }

  /** The state after an await: the compiler cannot know that it has changed. */
  private now(): State {
    return this.state;
  }

  private stoppedUs(): number {
    return Math.max(0, Math.round((this.letGoAt - this.stopAskedAt) * 1000));
  }

  private async outcome(
    call: PreservedCall,
    called: Answer | undefined,
    stopped: Promise<MiAsyncRecord>,
  ): Promise<CallOutcome> {
    // It may also be that the call was refused, and the target let go by the command after it.
    if (called?.class === 'error' && this.state === 'detached' && endOf(this.pid) !== null)
      return { kind: 'processEnded' };
    complain(called, 'sleeper-call');
    return callOutcome(call, await stopped);
  }

  /** @throws SleeperError gdb-refused, gdb-* */
  private async aimAt(call: PreservedCall): Promise<void> {
    if (this.told.knows(call)) return;
    const telling = this.connection.send(aimCommand(call));
    complain(await this.patiently(this.deadlines.step, 'preparing for', telling), 'sleeper-aim');
    this.told.aimed(call);
  }

  /** The commands that select the thread with the kernel's id `tid`: none if it is, or if gdb has no such thread. */
  private async selectCommands(tid: number | null): Promise<string[]> {
    const number = tid === null ? undefined : await this.threads?.find(tid);
    return number === undefined ? [] : this.told.selectCommands(number);
  }

  /** @param tid as of `StopSignal.send` */
  private async stopNow(tid?: number): Promise<void> {
    if (this.state !== 'running') return;
    const first = tid ?? this.calls?.firstToStop();
    const stopped = this.connection.expect(isStopOrEnd);
    this.stopAskedAt = performance.now();
    this.stopSignal.send(first);
    await this.patiently(this.deadlines.step, 'stopping', stopped);
    this.stopSignal.seen();
    await this.beginAgain();
  }

  /**
   * Has the system calls begin again that the stop has ended, as all others do by themselves. Not on aarch64, where the
   * first argument of a call that has ended is lost.
   */
  private async beginAgain(): Promise<void> {
    if (this.now() !== 'stopped') return;
    this.calls?.look();
    const ended = process.arch === 'x64' ? (this.calls?.ended() ?? []) : [];
    if (ended.length === 0) return;
    const numbers = (await this.threads?.findAll(ended)) ?? [];
    const begun = Promise.all(this.connection.sendAll(againCommands(numbers)));
    await this.patiently(this.deadlines.step, 'stopping', begun);
  }

  private async detachNow(): Promise<void> {
    await this.stopNow();
    if (this.state === 'detached') return;
    const [, detached] = await this.patiently(
      this.deadlines.step,
      'detaching from',
      Promise.all(this.connection.sendAll([inConsole('sleeper-restore'), '-target-detach'])),
    );
    if (this.now() !== 'detached') complain(detached, '-target-detach');
  }

  /**
   * Waits for a call. When it does not come back, SIGSTOP stops the thread: of all the ways it is the
   * only one that no thread can block, and gdb takes it for itself. Returns whether that was necessary.
   */
  private async orBreakOff(deadlineMs: number, all: Promise<unknown>): Promise<boolean> {
    try {
      await within(deadlineMs, 'the call', all);
      return false;
    } catch (error) {
      if (!(error instanceof DeadlinePassed)) throw this.ended(error);
    }
    this.stopSignal.send();
    await this.patiently(this.deadlines.step, 'calling in', all);
    return true;
  }

  /** Waits; kills gdb if it takes too long, for a gdb that hangs holds the target. */
  private async patiently<T>(ms: number, doing: string, promise: Promise<T>): Promise<T> {
    try {
      return await within(ms, doing, promise);
    } catch (error) {
      if (!(error instanceof DeadlinePassed)) throw this.ended(error);
      await this.killGdb();
      throw errors.gdbHangs(this.pid, doing, ms);
    }
  }

  /** gdb has ended without being told to: a SIGSTOP of its attach may have stayed behind. */
  private letGoOfTheDead(): void {
    this.stopSignal.gdbDied();
    this.guard?.mend();
    this.state = 'detached';
    this.settleDebt();
  }

  private ended(error: unknown): unknown {
    if (!(error instanceof GdbEnded)) return error;
    this.letGoOfTheDead();
    return errors.gdbEnded(this.pid, error.lastOutput.trim().slice(-300));
  }

  /** The kernel lets the target go when gdb is dead; a SIGSTOP that gdb had sent may still be under way. */
  private async killGdb(): Promise<void> {
    if (!this.connection.alive) return;
    this.killed = true;
    this.stopSignal.gdbDied();
    this.guard?.mend();
    this.transport.kill();
    await within(this.deadlines.step, 'the end of gdb', this.connection.ended).catch(() => undefined);
    this.state = 'detached';
    this.settleDebt();
  }

  private settleDebt(): void {
    if (this.state === 'detached') this.stopSignal.settle();
  }
}

function complain(answer: Answer | undefined, command: string): void {
  if (answer?.class === 'error') throw errors.gdbRefused(command, answer.message);
}
