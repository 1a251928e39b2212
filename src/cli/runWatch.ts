import { asSleeperError, type SleeperError } from '../errors.js';
import type { WatchEvent } from '../model/watch.js';
import { escapeUntrusted } from '../render/escape.js';
import { renderJson } from '../render/json.js';
import { styleOf } from '../render/style.js';
import { duration } from '../render/units.js';
import { treeErrors } from '../treeErrors.js';
import { oneAtATime } from '../usecases/oneAtATime.js';
import { watch, type Told } from '../usecases/watch.js';
import { openTrace, verboseLog } from './diagnostics.js';
import { exitCodeOf, reportFailure } from './failure.js';
import { openHangDirectory, writeHang } from './hangFiles.js';
import { runHook } from './hook.js';
import { beforeInjection, type InjectionOptions } from './injection.js';
import { wantsColour, type Io } from './io.js';
import { parsePid, type GlobalOptions } from './options.js';
import { sleeperVersion } from './version.js';

export interface WatchCommandOptions extends GlobalOptions, InjectionOptions {
  /** Milliseconds. */
  readonly hang: number;
  readonly output: string;
  readonly thread?: string;
  readonly heartbeat?: string;
  readonly strict?: true;
  readonly exec?: string;
  readonly json?: true;
}

/** What happened, in words, and whether that is bad, good or neither. */
function wordsOf(event: WatchEvent, hangMs: number): [string, 'bad' | 'good' | 'notice'] {
  switch (event.event) {
    case 'watching': {
      const whose = event.tid === null ? 'the heartbeat' : `thread ${event.tid}`;
      return [`watching ${whose}: a hang is ${duration(hangMs)} without progress`, 'notice'];
    }
    case 'hang':
      return [`hangs: ${event.reason}${event.text === null ? '' : `\nwritten to ${event.text}`}`, 'bad'];
    case 'progress':
      return ['goes on', 'good'];
    case 'problem':
    case 'ended':
      return [event.message, 'notice'];
  }
}

/** Tells what happens, writes hangs down and runs the hook. */
class Reporter {
  private readonly hooks = new Set<Promise<void>>();

  constructor(
    private readonly io: Io,
    private readonly options: WatchCommandOptions,
  ) {}

  async take(told: Told): Promise<void> {
    if (told.event !== 'hang') {
      this.say(told);
      return;
    }
    const { report, pid, at, event } = told;
    const { reason, tids } = report;
    const problem = (message: string): void =>
      this.say({ event: 'problem', pid, at: new Date().toISOString(), message });
    let files: { text: string | null; json: string | null } = { text: null, json: null };
    try {
      files = writeHang(this.options.output, report);
    } catch (error) {
      problem(asSleeperError(error).message);
    }
    this.say({ event, pid, at, reason, tids, ...files });
    if (this.options.exec === undefined) return;
    const env = {
      SLEEPER_PID: String(pid),
      SLEEPER_VERDICT: escapeUntrusted(reason),
      SLEEPER_DUMP: files.text ?? '',
      SLEEPER_DUMP_JSON: files.json ?? '',
    };
    const hook = runHook(this.options.exec, env, this.options.json === true)
      .then((failure) => (failure === null ? undefined : problem(failure)))
      .finally(() => this.hooks.delete(hook));
    this.hooks.add(hook);
    await Promise.resolve();
  }

  /** Until the commands that were started have ended. */
  async close(): Promise<void> {
    await Promise.all(this.hooks);
  }

  private say(event: WatchEvent): void {
    const { io, options } = this;
    if (options.json === true) {
      io.out(renderJson(event, false));
      return;
    }
    const style = styleOf(wantsColour(io, io.outputIsTerminal, options.color));
    const [text, how] = wordsOf(event, options.hang);
    const time = style.faint(event.at.replace(/\.\d+Z$/, 'Z'));
    io.out(`${time} ${event.pid} ${style[how](text.split('\n').map(escapeUntrusted).join('\n  '))}\n`);
  }
}

/** `sleeper watch` */
export async function runWatch(
  words: readonly string[],
  io: Io,
  options: WatchCommandOptions,
): Promise<number> {
  const pids = [...new Set(words.map(parsePid))];
  if (options.heartbeat !== undefined && pids.length > 1) throw treeErrors.oneHeartbeat(pids.length);
  openHangDirectory(options.output);
  const trace = await openTrace(options);
  const log = verboseLog(io, options);
  const reporter = new Reporter(io, options);
  const lookTurn = oneAtATime();
  const failures: SleeperError[] = [];
  const watchOne = async (pid: number): Promise<void> => {
    try {
      await watch(pid, {
        ...{ trace, lookTurn, log, sleeperVersion: sleeperVersion(), signal: io.signal },
        gdb: options.gdb,
        trustSeccomp: options.trustSeccomp,
        timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
        mostThreads: options.maxThreads,
        beforeInjection: beforeInjection(io, options),
        hangMs: options.hang,
        strict: options.strict === true,
        watchedThread: options.thread,
        heartbeat: options.heartbeat,
        onEvent: (event) => reporter.take(event),
      });
    } catch (error) {
      io.signal.throwIfAborted();
      const failure = asSleeperError(error);
      failures.push(failure);
      reportFailure(io, failure, options);
    }
  };
  try {
    await Promise.all(pids.map(watchOne));
    await reporter.close();
    return exitCodeOf(failures, pids.length);
  } finally {
    trace?.close();
  }
}
