import type { Command } from 'commander';
import type { ProcessListEntry } from '../model/processList.js';
import { containerId, containersOf, isInUnit, unitName } from '../target/controlGroups.js';
import { listPythonProcesses } from '../target/processes.js';
import { treeErrors } from '../treeErrors.js';
import { pattern } from './options.js';

/** Which processes are meant, by what they are rather than by their ids. */
export interface ProcessChoice {
  readonly match?: RegExp;
  readonly unit?: string;
  readonly container?: string;
}

export function withProcessChoice(command: Command): Command {
  return command
    .option('--match <regex>', 'the Python processes whose command line matches', pattern)
    .option('--unit <name>', 'the Python processes of a unit of systemd')
    .option('--container <id>', 'the Python processes of a container, by its id or the beginning of it');
}

/** Are processes chosen so? */
export function choosesProcesses({ match, unit, container }: ProcessChoice): boolean {
  return match !== undefined || unit !== undefined || container !== undefined;
}

/** As in `sleeper ps`, where the command line is empty the kernel's name stands for it. */
function matches({ argv, command }: ProcessListEntry, match: RegExp): boolean {
  return match.test(argv.length > 0 ? argv.join(' ') : command);
}

function inContainer(processes: readonly ProcessListEntry[], text: string): ProcessListEntry[] {
  const wanted = containerId(text);
  if (!/^[0-9a-f]{1,64}$/.test(wanted)) throw treeErrors.noContainerId(text);
  const ids = new Set<string>();
  const found = processes.filter(({ pid }) => {
    const own = containersOf(pid).filter((id) => id.startsWith(wanted));
    for (const id of own) ids.add(id);
    return own.length > 0;
  });
  if (ids.size > 1) throw treeErrors.severalContainers(text, [...ids]);
  if (found.length === 0) throw treeErrors.noSuchContainer(text);
  return found;
}

/**
 * The processes for which all of this holds; none where nothing was chosen.
 * @throws SleeperError when there is none
 */
export function chosenProcesses(choice: ProcessChoice): number[] {
  if (!choosesProcesses(choice)) return [];
  const { match, unit, container } = choice;
  let found = listPythonProcesses();
  if (unit !== undefined) {
    const name = unitName(unit);
    found = found.filter(({ pid }) => isInUnit(pid, name));
    if (found.length === 0) throw treeErrors.noSuchUnit(name);
  }
  if (container !== undefined) found = inContainer(found, container);
  if (match !== undefined) {
    found = found.filter((process) => matches(process, match));
    if (found.length === 0) throw treeErrors.noMatch(match.source);
  }
  return found.map(({ pid }) => pid);
}
