import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errors, type SleeperError } from '../errors.js';

/** A file that appears whole or not at all. */
export interface OutputFile {
  /** @throws SleeperError */
  commit(content: string | Uint8Array): void;
  /** Leaves nothing behind. */
  discard(): void;
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota is used up',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOENT: 'there is no such directory',
  ENOTDIR: 'a part of its path is not a directory',
  EISDIR: 'it is a directory',
  EROFS: 'the file system is read-only',
  EFBIG: 'it would be larger than allowed',
};

/** Why something cannot be written, in words. */
export function whyUnwritable(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  return reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
}

/** What is told when a path cannot be written. */
export function outputFailure(path: string, cause: unknown): SleeperError {
  return errors.outputFailed(path, whyUnwritable(cause), cause);
}

/** The file that a path means, or null where it is a device or a pipe, which cannot be replaced. */
function regularFile(path: string): string | null {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return path;
  if (status.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  return status.isFile() ? realpathSync(path) : null;
}

/**
 * Opens a temporary file beside the wanted one: what makes that impossible is known before a process is touched.
 * Values of a process may be secrets, so only this user may read it.
 * @throws SleeperError
 */
export function openOutputFile(path: string): OutputFile {
  let fd: number;
  let temporary: string | null = null;
  let final: string | null;
  try {
    final = regularFile(path);
    if (final !== null) temporary = join(dirname(final), `.${basename(final)}.${process.pid}.part`);
    fd = temporary === null ? openSync(path, 'w') : openSync(temporary, 'wx', 0o600);
  } catch (error) {
    throw outputFailure(path, error);
  }
  let open = true;
  const discard = (): void => {
    if (!open) return;
    open = false;
    closeSync(fd);
    if (temporary !== null) unlinkSync(temporary);
  };
  return {
    discard,
    commit: (content) => {
      try {
        writeFileSync(fd, content);
        if (temporary === null || final === null) return;
        fsyncSync(fd);
        renameSync(temporary, final);
        open = false;
        closeSync(fd);
      } catch (error) {
        throw outputFailure(path, error);
      } finally {
        discard();
      }
    },
  };
}
