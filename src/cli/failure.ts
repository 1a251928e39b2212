import { exitCodes, SleeperError } from '../errors.js';
import type { ProcessFailure } from '../model/failure.js';
import type { TreeProcess } from '../model/processTree.js';
import { escapeUntrusted } from '../render/escape.js';
import { renderJson } from '../render/json.js';
import { styleOf } from '../render/style.js';
import { wantsColour, type Io } from './io.js';

/**
 * What stands in the JSON output in place of a process that could not be described.
 * @param process what else is known of it, of one among others
 */
export function failureOf(
  pid: number,
  { code, message, hint }: SleeperError,
  process?: TreeProcess,
): ProcessFailure {
  const error = { code, message, hint };
  if (process === undefined) return { pid, error };
  const { parentPid, command, argv } = process;
  return { pid, parentPid, command, argv: [...argv], error };
}

/** Where JSON is wanted of one process, that has what failed as well; on stderr and as an exit code it is told as ever. */
export async function failingInJson<T>(
  pid: number,
  io: Io,
  { json }: { readonly json?: true },
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (json === true && error instanceof SleeperError)
      io.out(renderJson(failureOf(pid, error), io.outputIsTerminal));
    throw error;
  }
}

/** Tells a failure on stderr: what happened, and what to do next. */
export function reportFailure(
  io: Io,
  error: SleeperError,
  options: { color: boolean; verbose?: true },
): void {
  const style = styleOf(wantsColour(io, io.errorIsTerminal, options.color));
  io.err(`${style.bad('sleeper:')} ${escapeUntrusted(error.message)}\n${escapeUntrusted(error.hint)}\n`);
  if (options.verbose === true) io.err(`${error.stack ?? ''}\n${causes(error)}`);
}

function causes({ cause }: Error): string {
  return cause instanceof Error ? `Caused by: ${cause.stack ?? cause.message}\n${causes(cause)}` : '';
}

/** The exit code for several processes of which some may have failed. */
export function exitCodeOf(failures: readonly SleeperError[], processes: number): number {
  const [first] = failures;
  if (first === undefined) return exitCodes.ok;
  if (failures.length < processes) return exitCodes.partial;
  return failures.every(({ exit }) => exit === first.exit) ? exitCodes[first.exit] : exitCodes.failure;
}
