import type { Command } from 'commander';
import { errors } from '../errors.js';
import { readConfiguration } from './configuration.js';
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

/**
 * What is to be done before the agent is loaded into a process: a terminal's user is asked, unless --yes or the
 * configuration answers already; others are told on stderr.
 */
export function beforeInjection(io: Io, options: InjectionOptions): (pid: number) => Promise<void> {
  return async (pid) => {
    const policy = options.yes === true ? 'always' : readConfiguration(io.env).inject;
    if (options.inject === false || policy === 'never') throw errors.agentMissing(pid);
    const terminal = io.inputIsTerminal && io.errorIsTerminal;
    if (terminal && policy === 'ask') {
      if (!(await confirmed(pid))) throw errors.declined(pid);
      return;
    }
    io.err(`Process ${pid} runs without sleeper's agent: loading it. It stays there, asleep.\n`);
  };
}

async function confirmed(pid: number): Promise<boolean> {
  const message = `Process ${pid} runs without sleeper's agent. Load it? It stays in the process, asleep.`;
  const { yes } = await prompted((prompt) =>
    prompt<{ yes: boolean }>([{ type: 'confirm', name: 'yes', message, default: true }]),
  );
  return yes;
}
