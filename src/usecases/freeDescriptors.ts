import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { errandErrors } from '../errandErrors.js';
import { readDescriptorLimit } from '../target/descriptorLimit.js';

/** The process may open some itself meanwhile. */
const margin = 16;

/**
 * Does what takes a few free descriptors in a process, also in one that has none left: for as long as it takes, such a
 * process may have more. prlimit(1) does that, for Node cannot.
 * @throws SleeperError no-free-descriptor; what `work` throws
 */
export async function withFreeDescriptors<T>(
  pid: number,
  needed: number,
  log: (what: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const limit = readDescriptorLimit(pid);
  if (limit === null || limit.free >= needed) return work();
  const { soft, hard } = limit;
  // To raise the hard limit takes CAP_SYS_RESOURCE.
  const more = hard >= soft + needed ? Math.min(soft + needed + margin, hard) : soft + needed + margin;
  log(`process ${pid} has no free descriptor: it may have ${more} for a moment, in place of ${soft}`);
  try {
    await setLimit(pid, more, Math.max(hard, more));
  } catch {
    throw errandErrors.noFreeDescriptor(pid, soft);
  }
  try {
    return await work();
  } finally {
    await setLimit(pid, soft, hard).catch((error: unknown) => {
      log(`its limit stays at ${more}: ${(error as Error).message}`);
    });
  }
}

async function setLimit(pid: number, soft: number, hard: number): Promise<void> {
  const text = (limit: number): string => (limit === Infinity ? 'unlimited' : String(limit));
  await promisify(execFile)('prlimit', ['--pid', String(pid), `--nofile=${text(soft)}:${text(hard)}`]);
}
