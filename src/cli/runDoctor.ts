import { exitCodes } from '../errors.js';
import { renderDoctor } from '../render/renderDoctor.js';
import { renderJson } from '../render/json.js';
import { doctor } from '../usecases/doctor.js';
import { readConfiguration } from './configuration.js';
import { openTrace } from './diagnostics.js';
import { outputWidth, wantsColour, type Io } from './io.js';
import { parsePid, type GlobalOptions } from './options.js';
import { withProgress } from './progress.js';
import { sleeperVersion } from './version.js';

export interface DoctorCommandOptions extends GlobalOptions {
  readonly json?: true;
}

/** `sleeper doctor`. Returns the exit code of the first problem. */
export async function runDoctor(
  word: string | undefined,
  io: Io,
  options: DoctorCommandOptions,
): Promise<number> {
  const pid = word === undefined ? null : parsePid(word);
  const trace = await openTrace(options);
  try {
    const work = doctor(pid, {
      gdb: options.gdb,
      timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
      mostThreads: options.maxThreads,
      trace,
      signal: io.signal,
      sleeperVersion: sleeperVersion(),
      policy: readConfiguration(io.env).inject,
    });
    const report = await withProgress(io, 'Looking at this machine', work);
    const colour = wantsColour(io, io.outputIsTerminal, options.color);
    io.out(
      options.json === true
        ? renderJson(report, io.outputIsTerminal)
        : renderDoctor(report, { colour, width: outputWidth(io) }),
    );
    const checks = [...report.machine, ...(report.process?.checks ?? [])];
    return checks.find(({ exitCode }) => exitCode !== null)?.exitCode ?? exitCodes.ok;
  } finally {
    trace?.close();
  }
}
