import { sessionFds } from '../agent/sessionFds.js';
import type { OpenFds } from '../model/openFds.js';
import { describeFds, readFdTable, withoutFds } from '../target/fileDescriptors.js';
import { readKernelThreads } from '../target/kernelThreads.js';
import { readProcessInfo } from '../target/processInfo.js';

/**
 * The open file descriptors of a process, by what /proc tells alone: it is not stopped.
 * @throws SleeperError
 */
export function readOpenFds(pid: number): OpenFds {
  const { command } = readProcessInfo(pid);
  const table = withoutFds(readFdTable(pid), sessionFds(pid));
  const described = describeFds(table, { threads: readKernelThreads(pid) });
  return { schemaVersion: 1, pid, command, ...described };
}
