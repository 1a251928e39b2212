import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { errors } from '../errors.js';

/**
 * The path of a program, found as a shell would: a name with a slash is a path, another is looked for
 * in `searchPath`.
 * @throws SleeperError gdb-missing
 */
export function findGdb(name: string, searchPath = '/usr/local/bin:/usr/bin:/bin'): string {
  const candidates = name.includes('/')
    ? [name]
    : searchPath.split(':').map((directory) => join(directory || '.', name));
  const found = candidates.find(isExecutable);
  if (found === undefined) throw errors.gdbMissing(name);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
