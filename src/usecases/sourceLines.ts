import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ProcessInfo } from '../model/snapshot.js';
import type { SourceOf } from '../render/context.js';
import { startPrecisionMs } from '../target/clock.js';
import { tryReadProc } from '../target/procFile.js';

/** A larger file is no source code that a person wrote. */
const largestFile = 8 << 20;

interface Text {
  readonly lines: readonly string[];
  /** The file was replaced or its owner or mode changed after the process started, by something that kept its time. */
  readonly touched: boolean;
}

type Source = Text | 'changed' | null;

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
    const started = startedAtMs + startPrecisionMs;
    if (status.mtimeMs > started) return 'changed';
    const data = Buffer.alloc(status.size);
    const length = readSync(fd, data, 0, data.length, 0);
    return { lines: data.toString('utf8', 0, length).split('\n'), touched: status.ctimeMs > started };
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

/** Which file this is, whatever its path; null: there is none. */
function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path);
    return `${String(dev)}:${String(ino)}`;
  } catch {
    return null;
  }
}

/**
 * Where a file is that the code knows by a relative name, as the main script before CPython 3.9: relative to where the
 * process was as it compiled it. That may be the directory that it was started in, as the shell said then ($PWD), or
 * the one that it is in now. Null where both have such a file.
 */
function placeOf(
  file: string,
  root: string,
  directories: readonly (string | null | undefined)[],
): string | null {
  const found = new Map<string, string>();
  for (const directory of directories) {
    if (directory?.startsWith('/') !== true) continue;
    const path = `${root}${directory}/${file}`;
    const identity = identityOf(path);
    if (identity !== null) found.set(identity, path);
  }
  const [only = null] = found.values();
  return found.size === 1 ? only : null;
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
  const root = `${procRoot}/${pid}/root`;
  const place = (file: string): string | null => {
    if (isAbsolute(file)) return root + file;
    const startedIn = /(?:^|\0)PWD=([^\0]*)/.exec(tryReadProc(`${procRoot}/${pid}/environ`) ?? '')?.[1];
    return placeOf(file, root, [workingDirectory, startedIn]);
  };
  return (file, line) => {
    if (file.startsWith('<')) return null;
    let source = files.get(file);
    if (source === undefined) {
      const path = place(file);
      source = path === null ? null : read(path, startedAtMs);
      files.set(file, source);
    }
    if (source === null) return null;
    if (source === 'changed') return { kind: 'changed' };
    const text = source.lines[line - 1];
    return text === undefined ? null : { kind: 'text', text, touched: source.touched };
  };
}
