import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { ProcessInfo } from '../model/snapshot.js';
import type { SourceOf } from '../render/context.js';
import { startPrecisionMs } from '../target/clock.js';

/** A larger file is no source code that a person wrote. */
const largestFile = 8 << 20;

type Source = readonly string[] | 'changed' | null;

function read(path: string, startedAtMs: number): Source {
  let fd: number;
  try {
    // Not blocking: the name may be that of a FIFO.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return null;
  }
  try {
    const status = fstatSync(fd);
    if (!status.isFile() || status.size > largestFile) return null;
    if (status.mtimeMs > startedAtMs + startPrecisionMs) return 'changed';
    const data = Buffer.alloc(status.size);
    const length = readSync(fd, data, 0, data.length, 0);
    return data.toString('utf8', 0, length).split('\n');
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

/**
 * Source lines of a process, from the files as the process sees them (it may have another root directory). A file
 * that was modified after the process started is not what it runs, and is reported as changed.
 */
export function sourceLinesOf(
  { pid, workingDirectory, startedAt }: ProcessInfo,
  procRoot = '/proc',
): SourceOf {
  const files = new Map<string, Source>();
  const startedAtMs = Date.parse(startedAt);
  return (file, line) => {
    if (file.startsWith('<')) return null;
    const absolute = file.startsWith('/') ? file : `${workingDirectory ?? ''}/${file}`;
    let source = files.get(absolute);
    if (source === undefined) {
      source = read(`${procRoot}/${pid}/root${absolute}`, startedAtMs);
      files.set(absolute, source);
    }
    if (source === null) return null;
    if (source === 'changed') return { kind: 'changed' };
    const text = source[line - 1];
    return text === undefined ? null : { kind: 'text', text };
  };
}
