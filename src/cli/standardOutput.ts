import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Is standard output a file? For these Node takes a part of what was to be written for all of it, as a disk gives that has
 * little room left, and ends before it tells of an error.
 */
export function outputIsFile(): boolean {
  if (isatty(1)) return false;
  const status = fstatSync(1);
  return status.isFile() || status.isCharacterDevice();
}

/** Writes all of it to standard output, where that is a file. @throws what write(2) has failed with */
export function writeWhole(content: string | Uint8Array): void {
  let rest = Buffer.from(content);
  while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
}
