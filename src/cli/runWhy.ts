import { exitCodes } from '../errors.js';
import type { WhyReport } from '../model/why.js';
import { renderJson } from '../render/json.js';
import { renderWhy } from '../render/renderWhy.js';
import { renderWhyTree } from '../render/renderWhyTree.js';
import { betweenProcesses } from '../usecases/across/betweenProcesses.js';
import { withStarvedCelery } from '../usecases/across/starvedCelery.js';
import { lookWhy, reportOnUntouchable, why, type WhyOptions } from '../usecases/why.js';
import { openTrace, verboseLog } from './diagnostics.js';
import { dumpOptions } from './dumpOptions.js';
import { failingInJson } from './failure.js';
import { beforeInjection } from './injection.js';
import { inspectTree, treeExitCode, treeJson, type TreeChoice } from './inspectTree.js';
import { outputWidth, wantsColour, type Io } from './io.js';
import { parsePid } from './options.js';
import { pickProcess } from './pickProcess.js';
import { choosesProcesses } from './processChoice.js';
import { withProgress } from './progress.js';
import { sleeperVersion } from './version.js';

export interface WhyCommandOptions extends TreeChoice {
  readonly json?: true;
}

async function whyTree(pids: readonly number[], io: Io, options: WhyCommandOptions): Promise<number> {
  const inspected = await inspectTree(
    pids,
    io,
    options,
    (pid, ports) => why(pid, dumpOptions(io, options, ports)),
    (pid, error) => reportOnUntouchable(pid, error, sleeperVersion()),
  );
  const reports = inspected.flatMap((each) => (each.kind === 'described' ? [each.result] : []));
  const ports = { trace: null, beforeInjection: beforeInjection(io, options), log: verboseLog(io, options) };
  const askAgain = (pid: number): Promise<WhyReport> => why(pid, dumpOptions(io, options, ports));
  const together = await betweenProcesses(reports, io.signal);
  const after = (await withStarvedCelery(together, askAgain, io.signal)).values();
  const told = inspected.map((each) =>
    each.kind === 'described' ? { ...each, result: after.next().value ?? each.result } : each,
  );
  if (options.json === true) {
    io.out(treeJson(told, io.outputIsTerminal));
  } else {
    io.out(renderWhyTree(told, textOptions(io, options)));
  }
  return treeExitCode(told, io, options);
}

/** One process, with those that it waits for. */
async function whyWithOthers(pid: number, options: WhyOptions): Promise<WhyReport> {
  const look = await lookWhy(pid, options);
  // Not loaded before the process was looked into: that would be later for it.
  const { lookAtAwaited } = await import('../usecases/awaited.js');
  const { awaited, reports } = await lookAtAwaited(look, options);
  const [told = look.report] = await betweenProcesses([look.report, ...reports], options.signal);
  return awaited.length === 0 ? told : { ...told, awaited: [...awaited] };
}

async function whyOne(pid: number, io: Io, options: WhyCommandOptions): Promise<number> {
  const trace = await openTrace(options);
  try {
    const ports = { trace, beforeInjection: beforeInjection(io, options), log: verboseLog(io, options) };
    const report = await failingInJson(pid, io, options, () =>
      withProgress(io, `Looking into process ${pid}`, whyWithOthers(pid, dumpOptions(io, options, ports))),
    );
    io.out(
      options.json === true
        ? renderJson(report, io.outputIsTerminal)
        : renderWhy(report, textOptions(io, options)),
    );
    return exitCodes.ok;
  } finally {
    trace?.close();
  }
}

/** `sleeper why` */
export async function runWhy(words: readonly string[], io: Io, options: WhyCommandOptions): Promise<number> {
  const pids = words.map(parsePid);
  if (pids.length === 0 && !choosesProcesses(options)) pids.push(await pickProcess(io));
  const [first, ...others] = pids;
  const isOne = others.length === 0 && options.tree !== true && !choosesProcesses(options);
  return first !== undefined && isOne ? whyOne(first, io, options) : whyTree(pids, io, options);
}

function textOptions(io: Io, options: WhyCommandOptions) {
  return { colour: wantsColour(io, io.outputIsTerminal, options.color), width: outputWidth(io) };
}
