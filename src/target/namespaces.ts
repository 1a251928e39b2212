import { dirname } from 'node:path';
import { tryReadLink } from './procFile.js';

/**
 * Is a process in the same namespace (namespaces(7)) as we are? No where that cannot be read.
 * @param directory of the process in /proc
 */
export function sharesNamespace(directory: string, kind: 'ipc' | 'mnt' | 'net'): boolean {
  const own = tryReadLink(`${dirname(directory)}/self/ns/${kind}`);
  return own !== null && own === tryReadLink(`${directory}/ns/${kind}`);
}
