import type { FileDescriptor } from '../model/fileDescriptor.js';
import type { Warning } from '../model/agentReport.js';
import { describeFds, readFdTable } from '../target/fileDescriptors.js';
import { readKernelThreads } from '../target/kernelThreads.js';
import { readProcessInfo } from '../target/processInfo.js';

export interface OpenFds {
  readonly pid: number;
  readonly command: string;
  readonly fds: FileDescriptor[];
  readonly warnings: Warning[];
}

/**
 * The open file descriptors of a process, by what /proc tells alone.
 * @throws SleeperError
 */
export function openFds(pid: number): OpenFds {
  const { command } = readProcessInfo(pid);
  const table = readFdTable(pid);
  return { pid, command, ...describeFds(table, { threads: readKernelThreads(pid) }) };
}
