import type { Command } from 'commander';
import type { SleeperError } from '../../errors.js';
import type { ProcessFailure } from '../../model/failure.js';
import type { Snapshot } from '../../model/snapshot.js';
import { renderJson } from '../../render/json.js';
import { asSleeperError, exitCodeOf, failureOf, reportFailure } from '../failure.js';
import { beforeInjection, withInjectionOptions, type InjectionOptions } from '../injection.js';
import { outputWidth, wantsColour, type Io } from '../io.js';
import { count, parsePid, type GlobalOptions } from '../options.js';
import { openOutputFile, type OutputFile } from '../outputFile.js';
import { withProgress } from '../progress.js';
import { sleeperVersion } from '../version.js';

interface DumpCommandOptions extends GlobalOptions, InjectionOptions {
  readonly json?: true;
  readonly locals?: boolean;
  readonly globals?: true;
  readonly fds?: true;
  readonly depth?: number;
  readonly maxLength?: number;
  readonly thread?: string;
  readonly output?: string;
  readonly live?: true;
}

const examples = `
Examples:
  sleeper dump 1234                        every thread of process 1234, with its locals
  sleeper dump                             choose the process from a list
  sleeper dump 1234 --fds --thread worker-1
  sleeper dump 1234 1235 --json | jq '.[].threads[].python.name'
  sleeper dump 1234 --depth 8 --max-length 2000 --output dump.txt

JSON: one process gives an object, several an array. In place of a process that could not be described
stands {"pid": ..., "error": {"code", "message", "hint"}}. docs/schema/ has the JSON Schemas.
Text has values cut to the width of the terminal; in a file or a pipe to 400 columns, or as --max-length says.`;

/** Where no terminal sets a limit, the text has values of this length, unless --max-length says more; JSON has all. */
const longestValue = 400;

async function chosenPids(io: Io, pids: readonly string[]): Promise<number[]> {
  if (pids.length > 0) return [...new Set(pids.map(parsePid))];
  const { pickProcess } = await import('../pickProcess.js');
  return [await pickProcess(io)];
}

/** Loaded while gdb starts, which takes longer. */
async function loadRenderer() {
  const [{ renderDump }, { sourceLinesOf }, { whatHangs }] = await Promise.all([
    import('../../render/renderDump.js'),
    import('../../usecases/sourceLines.js'),
    import('../../usecases/why.js'),
  ]);
  return { renderDump, sourceLinesOf, whatHangs };
}

async function textOf(snapshot: Snapshot, io: Io, options: DumpCommandOptions): Promise<string> {
  const { renderDump, sourceLinesOf, whatHangs } = await loadRenderer();
  const toFile = options.output !== undefined;
  const width = toFile ? Infinity : outputWidth(io);
  return renderDump(snapshot, {
    colour: !toFile && wantsColour(io, io.outputIsTerminal, options.color),
    width,
    valueWidth: width === Infinity && options.maxLength === undefined ? longestValue : Infinity,
    sourceOf: sourceLinesOf(snapshot.process),
    // Of one thread alone it cannot be told.
    hangs: options.thread === undefined ? whatHangs(snapshot) : null,
  });
}

async function snapshots(
  pids: readonly number[],
  io: Io,
  options: DumpCommandOptions,
  each: (result: Snapshot | ProcessFailure) => Promise<void>,
): Promise<SleeperError[]> {
  const { dump } =
    options.live === true
      ? { dump: (await import('../../usecases/dumpLive.js')).dumpLive }
      : await import('../../usecases/dump.js');
  const failures: SleeperError[] = [];
  const log = (what: string): void => {
    if (options.verbose === true) io.err(`${what}\n`);
  };
  const trace =
    options.traceGdb === undefined
      ? null
      : (await import('../../gdb/trace.js')).openFileTrace(options.traceGdb);
  try {
    for (const pid of pids) {
      try {
        const dumped = dump(pid, {
          locals: options.locals !== false,
          globals: options.globals === true,
          fds: options.fds === true,
          depth: options.depth,
          maxLength: options.maxLength,
          thread: options.thread,
          gdb: options.gdb,
          timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
          trace,
          sleeperVersion: sleeperVersion(),
          beforeInjection: beforeInjection(io, options),
          signal: io.signal,
          log,
        });
        if (options.json !== true) void loadRenderer();
        await each(await withProgress(io, `Looking into process ${pid}`, dumped));
        log(`${performance.now().toFixed(1).padStart(7)} ms  done`);
      } catch (error) {
        io.signal.throwIfAborted();
        const failure = asSleeperError(error);
        failures.push(failure);
        reportFailure(io, failure, options);
        await each(failureOf(pid, failure));
      }
    }
  } finally {
    trace?.close();
  }
  return failures;
}

async function run(pids: readonly string[], io: Io, options: DumpCommandOptions): Promise<number> {
  const chosen = await chosenPids(io, pids);
  const file: OutputFile | null = options.output === undefined ? null : openOutputFile(options.output);
  try {
    const results: (Snapshot | ProcessFailure)[] = [];
    let text = '';
    const failures = await snapshots(chosen, io, options, async (result) => {
      results.push(result);
      if (options.json === true || 'error' in result) return;
      const rendered = (results.length > 1 ? '\n' : '') + (await textOf(result, io, options));
      if (file === null) io.out(rendered);
      else text += rendered;
    });
    if (options.json === true) {
      const json = renderJson(
        chosen.length === 1 ? results[0] : results,
        file === null && io.outputIsTerminal,
      );
      if (file === null) io.out(json);
      else text = json;
    }
    if (file !== null && text !== '') file.commit(text);
    return exitCodeOf(failures, chosen.length);
  } finally {
    file?.discard();
  }
}

/** `sleeper dump [PID...]` */
export function addDump(program: Command, io: Io, exit: (code: number) => void): void {
  const dump = program
    .command('dump')
    .summary('show every thread of a Python process, with its locals')
    .description('Stop a Python process for a moment and show every thread, its stack and its variables.')
    .argument('[pid...]', 'process ids; without one, choose from a list')
    .option('--json', 'print JSON')
    .option('--locals', 'show arguments and local variables (the default)')
    .option('--no-locals', 'show only the stacks')
    .option('--globals', 'show the globals of the modules on the stacks')
    .option('--fds', 'show the open file descriptors')
    .option('--live', 'let the process itself print its values with repr(), for 5 s at the most')
    .option('--depth <n>', 'print values n levels deep', count)
    .option('--max-length <n>', 'print at most n characters of a string and n elements of a container', count)
    .option('--thread <tid|name>', 'only this thread')
    .option('-o, --output <file>', 'write to a file, whole or not at all; only you may read it')
    .addHelpText('after', examples);
  withInjectionOptions(dump).action(async (pids: string[], _options: object, command: Command) => {
    exit(await run(pids, io, command.optsWithGlobals<DumpCommandOptions>()));
  });
}
