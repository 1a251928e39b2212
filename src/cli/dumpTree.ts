import { exitCodes } from '../errors.js';
import type { Inspected } from '../model/processTree.js';
import type { Snapshot } from '../model/snapshot.js';
import { renderJson } from '../render/json.js';
import { plural } from '../render/units.js';
import { hasAgent } from '../target/agentLibrary.js';
import { listPythonProcesses } from '../target/processes.js';
import { ProcessTable } from '../target/processTree.js';
import { treeErrors } from '../treeErrors.js';
import { inspectAll } from '../usecases/inspectAll.js';
import type { Turn } from '../usecases/oneAtATime.js';
import {
  dumpOptions,
  jsonIsForPerson,
  loadDump,
  openTrace,
  renderOptions,
  verboseLog,
  type DumpCommandOptions,
} from './dumpOptions.js';
import { failureOf, reportFailure } from './failure.js';
import { beforeInjection, beforeInjections } from './injection.js';
import type { Io } from './io.js';
import { startProgress } from './progress.js';

/** The Python processes with such a command line; as in `sleeper ps`, where it is empty the kernel's name stands for it. */
function matching(pattern: RegExp): number[] {
  return listPythonProcesses()
    .filter(({ argv, command }) => pattern.test(argv.length > 0 ? argv.join(' ') : command))
    .map(({ pid }) => pid);
}

/** @throws SleeperError when none matches */
function chosenRoots(pids: readonly number[], { match }: DumpCommandOptions): number[] {
  const found = match === undefined ? [] : matching(match);
  if (match !== undefined && found.length === 0) throw treeErrors.noMatch(match.source);
  return [...pids, ...found];
}

async function inspectTree(
  roots: readonly number[],
  io: Io,
  options: DumpCommandOptions,
): Promise<Inspected<Snapshot>[]> {
  const table = new ProcessTable();
  const chosen = options.tree === true ? [...roots, ...table.below(roots)] : roots;
  // The tree of a shell has sleeper itself in it.
  const processes = table.arranged(chosen.filter((pid) => pid !== process.pid));
  const dump = await loadDump(options);
  const log = verboseLog(io, options);
  const trace = await openTrace(options);
  let injection = beforeInjection(io, options);
  let stopProgress = (): void => undefined;
  const inspect = (pid: number, turn: Turn): Promise<Snapshot> =>
    dump(
      pid,
      dumpOptions(io, options, {
        trace,
        turn,
        beforeInjection: (which) => injection(which),
        log: (what) => log(`process ${pid}: ${what}`),
      }),
    );
  const before = async (ready: readonly number[]): Promise<void> => {
    const bare = ready.filter((pid) => !hasAgent(pid));
    injection = await beforeInjections(io, options, bare);
    stopProgress = startProgress(io, `Looking into ${plural(ready.length, 'process', 'processes')}`);
  };
  try {
    return await inspectAll(processes, inspect, { signal: io.signal, before });
  } finally {
    stopProgress();
    trace?.close();
  }
}

/**
 * `sleeper dump --tree` and `--match`: several processes in one picture.
 * @returns 0 if any was described, else the code of the first that was not
 */
export async function dumpTree(
  pids: readonly number[],
  io: Io,
  options: DumpCommandOptions,
  write: (text: string) => void,
): Promise<number> {
  const inspected = await inspectTree(chosenRoots(pids, options), io, options);
  if (options.json === true) {
    const elements = inspected.map((each) =>
      each.kind === 'described' ? each.result : failureOf(each.process.pid, each.error, each.process),
    );
    write(renderJson(elements, jsonIsForPerson(io, options)));
  } else {
    const { renderTree } = await import('../render/renderTree.js');
    write(renderTree(inspected, await renderOptions(io, options)));
  }
  if (inspected.some(({ kind }) => kind === 'described')) return exitCodes.ok;
  const first = inspected.flatMap((each) => (each.kind === 'described' ? [] : [each.error]))[0];
  if (first === undefined) return exitCodes.ok;
  reportFailure(io, first, options);
  return exitCodes[first.exit];
}
