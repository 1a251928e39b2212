import { statSync } from 'node:fs';
import { openProcessMemory, type ProcessMemory } from './processMemory.js';
import { ArgumentReader } from './syscalls/reader.js';

/** The longest path, with its NUL (limits.h, PATH_MAX). */
const longestPath = 4096;
/** In place of a directory: the current one (fcntl.h, AT_FDCWD). */
const currentDirectory = -100;

/** Is it a named pipe, as the process sees its files? */
function isNamedPipe(directory: string, from: number, path: string): boolean {
  const start = from === currentDirectory ? 'cwd' : `fd/${from}`;
  const base = path.startsWith('/') ? 'root' : start;
  return statSync(`${directory}/${base}/${path}`, { throwIfNoEntry: false })?.isFIFO() === true;
}

/**
 * Does a call of open() or openat() name a named pipe? Then it waits for somebody at the other end, and the program has
 * called it: neither the allocator nor the loader reads from such a thing.
 * @param name of the system call, with its arguments
 */
export function opensNamedPipe(
  pid: number,
  name: string,
  [first, second]: readonly [bigint, bigint],
  procRoot: string,
): boolean {
  if (name !== 'open' && name !== 'openat') return false;
  const [from, path] =
    name === 'open' ? [currentDirectory, first] : [Number(BigInt.asIntN(32, first)), second];
  let memory: ProcessMemory | null = null;
  try {
    memory = openProcessMemory(pid, { readOnly: true, procRoot });
    const text = new ArgumentReader(memory).string(path, longestPath) ?? '';
    return text !== '' && isNamedPipe(`${procRoot}/${pid}`, from, text);
  } catch {
    // It has ended, or this user may not see the file.
    return false;
  } finally {
    memory?.close();
  }
}
