import { opendirSync } from 'node:fs';
import { defaultProcRoot } from './procFile.js';

/** The kernel's ids of the threads of a process in the order in which the kernel lists them: as they were made. */
export function listedThreads(pid: number): number[] {
  const tids: number[] = [];
  try {
    const directory = opendirSync(`${defaultProcRoot}/${pid}/task`, { bufferSize: 1024 });
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync())
        tids.push(Number(entry.name));
    } finally {
      directory.closeSync();
    }
  } catch {
    // It has ended.
  }
  return tids;
}
