import { Option, type Command } from 'commander';
import { asSleeperError, type SleeperError } from '../../errors.js';
import type { ProcessFailure } from '../../model/failure.js';
import type { Snapshot } from '../../model/snapshot.js';
import { recordingErrors } from '../../recordingErrors.js';
import { renderJson } from '../../render/json.js';
import { exitCodeOf, failureOf, reportFailure } from '../failure.js';
import { openTrace, verboseLog } from '../diagnostics.js';
import {
  dumpOptions,
  jsonIsForPerson,
  loadDump,
  renderOptions,
  type DumpCommandOptions,
} from '../dumpOptions.js';
import { beforeEachInjection, withInjectionOptions } from '../injection.js';
import type { Io } from '../io.js';
import { count, parsePid } from '../options.js';
import { openOutputFile, type OutputFile } from '../outputFile.js';
import { choosesProcesses, withProcessChoice } from '../processChoice.js';
import { withProgress } from '../progress.js';

const examples = `
Examples:
  sleeper dump 1234                      every thread, with its locals
  sleeper dump                           choose the process from a list
  sleeper dump 1234 --fds --thread worker-1
  sleeper dump 1234 --native             with the functions of C, too
  sleeper dump 1234 1235 --json | jq '.[].threads[].python.name'
  sleeper dump --tree 1234 --no-locals   a server and its workers
  sleeper dump --match 'celery.*mail'    those whose command line matches
  sleeper dump --unit gunicorn.service   of a service; or --container ID
  sleeper dump 1234 --depth 8 --max-length 2000 --output dump.txt

JSON: one process gives an object; several, a tree, --match and the like give an
array. In place of a process that could not be described stands
{"pid": ..., "error": {"code", "message", "hint"}}. docs/schema/ has the JSON
Schemas. Text has values cut to the width of the terminal; in a file or a pipe
to 400 columns, or as --max-length says.`;

async function chosenPids(io: Io, pids: readonly string[]): Promise<number[]> {
  if (pids.length > 0) return [...new Set(pids.map(parsePid))];
  const { pickProcess } = await import('../pickProcess.js');
  return [await pickProcess(io)];
}

/** Loaded while gdb starts, which takes longer. */
async function loadRenderer(io: Io, options: DumpCommandOptions) {
  const [{ renderDump }, { sourceLinesOf, hangsOf, ...rest }] = await Promise.all([
    import('../../render/renderDump.js'),
    renderOptions(io, options),
  ]);
  return (snapshot: Snapshot): string =>
    renderDump(snapshot, {
      ...rest,
      sourceOf: sourceLinesOf(snapshot.process),
      hangs: hangsOf(snapshot),
    });
}

async function snapshots(
  pids: readonly number[],
  io: Io,
  options: DumpCommandOptions,
  each: (result: Snapshot | ProcessFailure) => Promise<void>,
): Promise<SleeperError[]> {
  const dump = await loadDump(options);
  const failures: SleeperError[] = [];
  const log = verboseLog(io, options);
  const trace = await openTrace(options);
  const injection = beforeEachInjection(io, options, pids);
  const dumping = dumpOptions(io, options, { trace, log, beforeInjection: injection });
  try {
    for (const pid of pids) {
      try {
        const dumped = dump(pid, dumping);
        if (options.json !== true) void loadRenderer(io, options);
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

async function dumpEach(
  chosen: readonly number[],
  io: Io,
  options: DumpCommandOptions,
  write: (text: string) => void,
): Promise<number> {
  const results: (Snapshot | ProcessFailure)[] = [];
  const failures = await snapshots(chosen, io, options, async (result) => {
    results.push(result);
    if (options.json === true || 'error' in result) return;
    write((results.length > 1 ? '\n' : '') + (await loadRenderer(io, options))(result));
  });
  if (options.json === true) {
    write(renderJson(chosen.length === 1 ? results[0] : results, jsonIsForPerson(io, options)));
  }
  return exitCodeOf(failures, chosen.length);
}

async function run(pids: readonly string[], io: Io, options: DumpCommandOptions): Promise<number> {
  if (options.native === true && process.arch !== 'x64')
    throw recordingErrors.nativeUnsupported(process.arch);
  const chosen = choosesProcesses(options) && pids.length === 0 ? [] : await chosenPids(io, pids);
  const file: OutputFile | null = options.output === undefined ? null : openOutputFile(options.output);
  try {
    let text = '';
    const write = (part: string): void => {
      if (file === null) io.out(part);
      else text += part;
    };
    const several = options.tree === true || choosesProcesses(options);
    const dump = several ? (await import('../dumpTree.js')).dumpTree : dumpEach;
    const code = await dump(chosen, io, options, write);
    if (file !== null && text !== '') file.commit(text);
    return code;
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
    .option('-n, --native', 'show the functions of C, too, between those of Python (x86-64)')
    .addOption(
      new Option('--native-all', "as --native, with the interpreter's own functions").implies({
        native: true,
      }),
    )
    .option('--live', 'let the process itself print its values with repr(), for 5 s at the most')
    .option('--tree', 'the processes that it has started, too; those with the same stacks are shown once')
    .addOption(new Option('-s, --subprocesses', 'the same as --tree').implies({ tree: true }))
    .option('--depth <n>', 'print values n levels deep', count)
    .option('--max-length <n>', 'print at most n characters of a string and n elements of a container', count)
    .option('--thread <tid|name>', 'only this thread')
    .option('-o, --output <file>', 'write to a file, whole or not at all; only you may read it')
    .addHelpText('after', examples);
  withInjectionOptions(withProcessChoice(dump)).action(
    async (pids: string[], _options: object, command: Command) => {
      exit(await run(pids, io, command.optsWithGlobals<DumpCommandOptions>()));
    },
  );
}
