import type { Command } from 'commander';
import { errors } from '../errors.js';
import type { Configuration } from './configuration.js';
import type { Io } from './io.js';
import { prompted } from './prompt.js';

/** The options of every command that may load the agent into a process. */
export interface InjectionOptions {
  readonly inject?: boolean;
  readonly yes?: true;
}

export function withInjectionOptions(command: Command): Command {
  return command
    .option('--no-inject', 'leave a process alone that runs without the agent')
    .option('-y, --yes', 'load the agent without asking');
}

/** What was decided of processes that run without the agent: "forbidden" by an option, "declined" by a person. */
type Decision = 'load' | 'forbidden' | 'declined';

async function configuredPolicy({ env }: Io): Promise<Configuration['inject']> {
  // With zod, which is loaded while gdb starts otherwise.
  const { readConfiguration } = await import('./configuration.js');
  return readConfiguration(env).inject;
}

/** A terminal's user is asked, unless --yes or the configuration answers already; others are told on stderr. */
async function decide(io: Io, options: InjectionOptions, pids: readonly number[]): Promise<Decision> {
  const policy = options.yes === true ? 'always' : await configuredPolicy(io);
  if (options.inject === false || policy === 'never') return 'forbidden';
  const whose =
    pids.length === 1
      ? `Process ${pids[0]} runs`
      : `${pids.length} processes run (${pids.slice(0, mostNamed).join(', ')}${pids.length > mostNamed ? ', ...' : ''})`;
  const terminal = io.inputIsTerminal && io.errorIsTerminal;
  if (terminal && policy === 'ask') return (await confirmed(whose, pids.length)) ? 'load' : 'declined';
  io.err(`${whose} without sleeper's agent: loading it. It stays there, asleep.\n`);
  return 'load';
}

/** Of more processes than this only so many are named. */
const mostNamed = 10;

function obey(decision: Decision, pid: number): void {
  if (decision === 'forbidden') throw errors.agentMissing(pid);
  if (decision === 'declined') throw errors.declined(pid);
}

/** What is to be done before the agent is loaded into a process; throws where it is to be left alone. */
export function beforeInjection(io: Io, options: InjectionOptions): (pid: number) => Promise<void> {
  return async (pid) => obey(await decide(io, options, [pid]), pid);
}

/** As `beforeInjection`, decided once for all the processes that run without it. */
export async function beforeInjections(
  io: Io,
  options: InjectionOptions,
  pids: readonly number[],
): Promise<(pid: number) => Promise<void>> {
  if (pids.length === 0) return beforeInjection(io, options);
  const decision = await decide(io, options, pids);
  return async (pid) => {
    await Promise.resolve();
    obey(decision, pid);
  };
}

/** As `beforeInjection`, for processes that are looked into one after the other: decided once, when the first is. */
export function beforeEachInjection(
  io: Io,
  options: InjectionOptions,
  pids: readonly number[],
): (pid: number) => Promise<void> {
  let decided: Promise<Decision> | undefined;
  return async (pid) => {
    decided ??= withoutAgent(pids, pid).then((bare) => decide(io, options, bare));
    obey(await decided, pid);
  };
}

/** Those that the agent may be loaded into; of one that is known already. */
async function withoutAgent(pids: readonly number[], known: number): Promise<number[]> {
  const [{ hasAgent }, { assertInspectable }] = await Promise.all([
    import('../target/agentLibrary.js'),
    import('../target/diagnosis.js'),
  ]);
  return pids.filter((pid) => {
    if (pid === known) return true;
    try {
      assertInspectable(pid);
      return !hasAgent(pid);
    } catch {
      return false;
    }
  });
}

async function confirmed(whose: string, processes: number): Promise<boolean> {
  const where = processes === 1 ? 'the process' : 'them';
  const message = `${whose} without sleeper's agent. Load it? It stays in ${where}, asleep.`;
  const { yes } = await prompted((prompt) =>
    prompt<{ yes: boolean }>([{ type: 'confirm', name: 'yes', message, default: true }]),
  );
  return yes;
}
