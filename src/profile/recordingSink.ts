import { closeSync, openSync, writeSync } from 'node:fs';
import { recordingErrors } from '../recordingErrors.js';
import type { RecordingHead, RecordingLine, RecordingTail } from './recordingFile.js';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota is used up',
  EACCES: 'permission denied',
  EEXIST: 'it exists already',
  ENOENT: 'there is no such directory',
  EROFS: 'the file system is read-only',
  EFBIG: 'it would be larger than allowed',
};

/** Where the lines of a recording go as they come. */
export interface RecordingSink {
  readonly path: string;
  /** Keeps it until `flush`. */
  add(line: RecordingHead | RecordingLine | RecordingTail): void;
  /** Hands all lines to the kernel: from then on they survive the end of this process. @throws SleeperError */
  flush(): void;
  close(): void;
}

/**
 * Makes the file of a recording, which only this user may read: it tells what a process does.
 * @throws SleeperError recording-unwritable
 */
export function createRecordingFile(path: string): RecordingSink {
  const failed = (cause: unknown): Error => {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    return recordingErrors.unwritable(path, reasons[code] ?? message, cause);
  };
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    throw failed(error);
  }
  let waiting = '';
  return {
    path,
    add: (line) => void (waiting += `${JSON.stringify(line)}\n`),
    flush: () => {
      const bytes = Buffer.from(waiting);
      waiting = '';
      try {
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      } catch (error) {
        throw failed(error);
      }
    },
    close: () => closeSync(file),
  };
}
