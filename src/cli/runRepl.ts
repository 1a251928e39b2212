import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../errors.js';
import type { Snapshot } from '../model/snapshot.js';
import { ReplContext, type Ports } from '../repl/context.js';
import { complete } from '../repl/completer.js';
import { historyPath, openHistory } from '../repl/history.js';
import { givenCommands, linesOf, type LineSource } from '../repl/lineSource.js';
import type { View } from '../repl/outcome.js';
import { repl } from '../repl/repl.js';
import { openTerminal, type Terminal } from '../repl/terminal.js';
import { verbs } from '../repl/verbs.js';
import type { SourceOf } from '../render/context.js';
import { openInspector } from '../usecases/inspector.js';
import { openLive } from '../usecases/openLive.js';
import { sourceLinesOf } from '../usecases/sourceLines.js';
import { openTrace, verboseLog } from './diagnostics.js';
import { failingInJson } from './failure.js';
import { beforeInjection, type InjectionOptions } from './injection.js';
import { outputWidth, wantsColour, type Io } from './io.js';
import { parsePid, type GlobalOptions } from './options.js';
import { openOutputFile } from './outputFile.js';
import { greeting, jsonPrinter, textPrinter } from './replPrinter.js';
import { replRecorder } from './replRecorder.js';
import { sleeperVersion } from './version.js';

export interface ReplCommandOptions extends GlobalOptions, InjectionOptions {
  readonly json?: true;
  readonly command?: readonly string[];
}

/** Source lines are read once for each snapshot. */
function sourceCache(): (snapshot: Snapshot) => SourceOf {
  const known = new WeakMap<Snapshot, SourceOf>();
  return (snapshot) => {
    const sourceOf = known.get(snapshot) ?? sourceLinesOf(snapshot.process);
    known.set(snapshot, sourceOf);
    return sourceOf;
  };
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

function writeFile(path: string, text: string): void {
  const file = openOutputFile(path);
  try {
    file.commit(text);
  } finally {
    file.discard();
  }
}

/** `sleeper repl PID`: puts together what the REPL stands on, and runs it. */
export async function runRepl(text: string, io: Io, options: ReplCommandOptions): Promise<number> {
  const pid = parsePid(text);
  const { command: commands, json } = options;
  const interactive = commands === undefined && json !== true && io.inputIsTerminal && io.outputIsTerminal;
  const log = verboseLog(io, options);
  const trace = await openTrace(options);
  const timeoutMs = (options.timeout ?? 10) * 1000;
  // Set below: the terminal needs the context for completion, and the context the terminal for questions.
  let terminal: Terminal | null = null;
  const mayInject = beforeInjection(io, options);
  const common = {
    ...{ gdb: options.gdb, trustSeccomp: options.trustSeccomp },
    ...{ timeoutMs, trace, log },
    mostThreads: options.maxThreads,
    beforeInjection: () => (terminal === null ? mayInject(pid) : terminal.lend(() => mayInject(pid))),
    sleeperVersion: sleeperVersion(),
  };
  const inspector = openInspector(pid, common);
  const ports: Ports = {
    pid,
    inspector,
    openLive: (signal) => openLive(pid, { ...common, signal }),
    record: replRecorder(pid, io, common),
    sourceOf: sourceCache(),
    writeFile,
    now: Date.now,
    sleep,
    evaluationMs: timeoutMs,
    confirm: interactive ? (question) => terminal?.confirm(question) ?? Promise.resolve(false) : null,
    yes: options.yes === true,
  };
  const context = new ReplContext(ports);
  const view = (): View => {
    const width = interactive ? process.stdout.columns : outputWidth(io);
    return {
      colour: wantsColour(io, io.outputIsTerminal, options.color),
      width,
      valueWidth: width === Infinity ? 400 : Infinity,
    };
  };
  try {
    // What speaks against looking into the process is said before any prompt.
    const snapshot = await failingInJson(pid, io, options, () => context.snapshot(io.signal));
    let source: LineSource;
    if (interactive) {
      terminal = openTerminal({
        input: process.stdin,
        output: process.stdout,
        history: openHistory(historyPath(io.env)),
        complete: (line) => complete(context, verbs, line),
      });
      source = terminal;
      io.out(greeting(snapshot, view()));
    } else if (commands !== undefined) {
      source = givenCommands(commands);
    } else {
      source = linesOf(createInterface({ input: process.stdin, terminal: false }), () =>
        process.stdin.destroy(),
      );
    }
    const printer =
      json === true ? jsonPrinter(io) : textPrinter({ io, context, view, terminal, color: options.color });
    const end = await repl(context, {
      ...{ verbs, source, printer, signal: io.signal },
      onCommand: (interrupt) => terminal?.onInterrupt(interrupt),
    });
    if (end.processOver) {
      io.err(`Process ${pid} has ended.\n`);
      return exitCodes.noProcess;
    }
    return end.failed && !interactive ? exitCodes.failure : exitCodes.ok;
  } finally {
    await context.letGo();
    trace?.close();
  }
}
