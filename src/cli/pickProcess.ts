import { errors } from '../errors.js';
import { commandText, versionText } from '../render/renderPs.js';
import { cutShort } from '../render/width.js';
import { listPythonProcesses } from '../target/processes.js';
import type { Io } from './io.js';
import { prompted } from './prompt.js';

/**
 * Has a person choose a Python process from a list, which narrows down while they type.
 * @throws SleeperError where there is no terminal, or no process; Interrupted on Ctrl-C
 */
export async function pickProcess(io: Io): Promise<number> {
  if (!io.inputIsTerminal || !io.errorIsTerminal) throw errors.noPid();
  const processes = listPythonProcesses();
  if (processes.length === 0) throw errors.nothingToChoose();
  const width = (io.columns ?? 80) - 4;
  const choices = processes.map((process) => {
    const agent = process.agent === true ? '' : ' (no agent)';
    const name = `${String(process.pid).padStart(7)}  ${versionText(process)}${agent}  ${commandText(process)}`;
    return { value: process.pid, name: cutShort(name, width) };
  });
  const { pid } = await prompted((prompt) =>
    prompt<{ pid: number }>([
      {
        type: 'search',
        name: 'pid',
        message: 'Which process?',
        source: (typed: string | undefined) =>
          choices.filter(({ name }) => name.toLowerCase().includes((typed ?? '').toLowerCase())),
      },
    ]),
  );
  return pid;
}
