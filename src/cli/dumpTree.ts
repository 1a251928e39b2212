import {
  dumpOptions,
  jsonIsForPerson,
  loadDump,
  renderOptions,
  type DumpCommandOptions,
} from './dumpOptions.js';
import { inspectTree, treeExitCode, treeJson } from './inspectTree.js';
import type { Io } from './io.js';

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
  const dump = await loadDump(options);
  const inspected = await inspectTree(pids, io, options, (pid, ports) =>
    dump(pid, dumpOptions(io, options, ports)),
  );
  if (options.json === true) {
    write(treeJson(inspected, jsonIsForPerson(io, options)));
  } else {
    const { renderTree } = await import('../render/renderTree.js');
    write(renderTree(inspected, await renderOptions(io, options)));
  }
  return treeExitCode(inspected, io, options);
}
