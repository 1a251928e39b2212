import { closeSync, openSync, readSync, readdirSync, readlinkSync } from 'node:fs';

/** Where the process file system is mounted. Tests pass a tree of their own. */
export const defaultProcRoot = '/proc';

let buffer = Buffer.allocUnsafe(1 << 16);

/**
 * Reads a small kernel file whole. Three times faster than `readFileSync`, which grows its buffer step by step
 * because files of /proc have the size 0. Bytes that are not UTF-8 become U+FFFD.
 * @throws the error of open(2) or read(2)
 */
export function readProc(path: string): string {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 4);
      const count = readSync(file, buffer, length, buffer.length - length, null);
      if (count === 0) return buffer.toString('utf8', 0, length);
      length += count;
    }
  } finally {
    closeSync(file);
  }
}

/** Like `readProc`, but null when it cannot be read: the process has ended, or this user may not. */
export function tryReadProc(path: string): string | null {
  try {
    return readProc(path);
  } catch {
    return null;
  }
}

/** readlink(2), or null when it cannot be read. */
export function tryReadLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/**
 * The numeric names in a directory (processes, tasks, file descriptors), ascending.
 * @throws the error of open(2) or getdents(2)
 */
export function listNumbers(directory: string): number[] {
  const numbers: number[] = [];
  for (const name of readdirSync(directory)) {
    const first = name.charCodeAt(0);
    if (first >= 0x30 && first <= 0x39) numbers.push(Number(name));
  }
  return numbers.sort((a, b) => a - b);
}

/** Like `listNumbers`, but null when it cannot be read. */
export function tryListNumbers(directory: string): number[] | null {
  try {
    return listNumbers(directory);
  } catch {
    return null;
  }
}

/** The `code` of a system error ("EACCES"), else "". */
export function errorCode(error: unknown): string {
  // Not `instanceof Error`: jest runs tests in another realm than the one whose errors node:fs throws.
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
