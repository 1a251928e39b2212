import type { TreeOptions } from '../render/renderTree.js';
import type { DumpOptions } from '../usecases/dump.js';
import type { InjectionOptions } from './injection.js';
import { outputWidth, wantsColour, type Io } from './io.js';
import type { GlobalOptions } from './options.js';
import type { ProcessChoice } from './processChoice.js';
import { sleeperVersion } from './version.js';

/** What was said on the command line of `sleeper dump`. */
export interface DumpCommandOptions extends GlobalOptions, InjectionOptions, ProcessChoice {
  readonly json?: true;
  readonly locals?: boolean;
  readonly globals?: true;
  readonly fds?: true;
  readonly native?: true;
  readonly nativeAll?: true;
  readonly depth?: number;
  readonly maxLength?: number;
  readonly thread?: string;
  readonly output?: string;
  readonly live?: true;
  readonly tree?: true;
}

/** The use case that was asked for. */
export async function loadDump({ live }: DumpCommandOptions) {
  return live === true
    ? (await import('../usecases/dumpLive.js')).dumpLive
    : (await import('../usecases/dump.js')).dump;
}

/** What looking into a process needs beside what was said on the command line. */
export type DumpPorts = Pick<DumpOptions, 'trace' | 'beforeInjection' | 'turn' | 'log'>;

export function dumpOptions(io: Io, options: DumpCommandOptions, ports: DumpPorts): DumpOptions {
  return {
    locals: options.locals !== false,
    globals: options.globals === true,
    fds: options.fds === true,
    native: options.native === true,
    depth: options.depth,
    maxLength: options.maxLength,
    thread: options.thread,
    gdb: options.gdb,
    trustSeccomp: options.trustSeccomp,
    timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
    mostThreads: options.maxThreads,
    sleeperVersion: sleeperVersion(),
    signal: io.signal,
    ...ports,
  };
}

/** Where no terminal sets a limit, the text has values of this length, unless --max-length says more; JSON has all. */
const longestValue = 400;

/** How dumps become text. */
export async function renderOptions(io: Io, options: DumpCommandOptions): Promise<TreeOptions> {
  const [{ sourceLinesOf }, { whatHangs }] = await Promise.all([
    import('../usecases/sourceLines.js'),
    import('../usecases/why.js'),
  ]);
  const toFile = options.output !== undefined;
  const width = toFile ? Infinity : outputWidth(io);
  return {
    // Of one thread alone it cannot be told.
    hangsOf: options.thread === undefined ? whatHangs : () => null,
    nativeAll: options.nativeAll === true,
    ...{ width, sourceLinesOf, colour: !toFile && wantsColour(io, io.outputIsTerminal, options.color) },
    valueWidth: width === Infinity && options.maxLength === undefined ? longestValue : Infinity,
  };
}

/** JSON is indented on a terminal only. */
export function jsonIsForPerson(io: Io, { output }: DumpCommandOptions): boolean {
  return output === undefined && io.outputIsTerminal;
}
