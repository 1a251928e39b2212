import { exitCodes, type SleeperError } from '../errors.js';
import type { Inspected } from '../model/processTree.js';
import { renderJson } from '../render/json.js';
import { plural } from '../render/units.js';
import { hasAgent } from '../target/agentLibrary.js';
import { ProcessTable } from '../target/processTree.js';
import { inspectAll } from '../usecases/inspectAll.js';
import { openTrace, verboseLog } from './diagnostics.js';
import type { DumpPorts } from './dumpOptions.js';
import { failureOf, reportFailure } from './failure.js';
import { beforeInjection, beforeInjections, type InjectionOptions } from './injection.js';
import type { Io } from './io.js';
import type { GlobalOptions } from './options.js';
import { chosenProcesses, type ProcessChoice } from './processChoice.js';
import { startProgress } from './progress.js';

/** Which processes are meant, beside those that are named. */
export interface TreeChoice extends GlobalOptions, InjectionOptions, ProcessChoice {
  readonly tree?: true;
}

/**
 * Looks into all processes that are meant.
 * @param answerOf see `inspectAll`
 * @throws SleeperError when none is; the reason of the signal
 */
export async function inspectTree<T>(
  pids: readonly number[],
  io: Io,
  options: TreeChoice,
  inspectOne: (pid: number, ports: DumpPorts) => Promise<T>,
  answerOf?: (pid: number, error: SleeperError) => T | null,
): Promise<Inspected<T>[]> {
  const roots = [...pids, ...chosenProcesses(options)];
  const table = new ProcessTable();
  const chosen = options.tree === true ? [...roots, ...table.below(roots)] : roots;
  // The tree of a shell has sleeper itself in it.
  const processes = table.arranged(chosen.filter((pid) => pid !== process.pid));
  const log = verboseLog(io, options);
  const trace = await openTrace(options);
  let injection = beforeInjection(io, options);
  let stopProgress = (): void => undefined;
  const inspect = (pid: number, turn: NonNullable<DumpPorts['turn']>): Promise<T> =>
    inspectOne(pid, {
      trace,
      turn,
      beforeInjection: (which) => injection(which),
      log: (what) => log(`process ${pid}: ${what}`),
    });
  const before = async (ready: readonly number[]): Promise<void> => {
    const bare = ready.filter((pid) => !hasAgent(pid));
    injection = await beforeInjections(io, options, bare);
    stopProgress = startProgress(io, `Looking into ${plural(ready.length, 'process', 'processes')}`);
  };
  try {
    return await inspectAll(processes, inspect, { signal: io.signal, before, ...(answerOf && { answerOf }) });
  } finally {
    stopProgress();
    trace?.close();
  }
}

/** What was found of several processes, as JSON. */
export function treeJson<T>(inspected: readonly Inspected<T>[], forPerson: boolean): string {
  const elements = inspected.map((each) =>
    each.kind === 'described' ? each.result : failureOf(each.process.pid, each.error, each.process),
  );
  return renderJson(elements, forPerson);
}

/** @returns 0 if any process could be looked into, else the code of the first that could not, which is told of */
export function treeExitCode(inspected: readonly Inspected<unknown>[], io: Io, options: TreeChoice): number {
  if (inspected.some(({ kind }) => kind === 'described')) return exitCodes.ok;
  const first = inspected.flatMap((each) => (each.kind === 'described' ? [] : [each.error]))[0];
  if (first === undefined) return exitCodes.ok;
  reportFailure(io, first, options);
  return exitCodes[first.exit];
}
