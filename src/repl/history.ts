import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** What was typed, from time to time and from process to process. */
export interface History {
  /** The latest first, as node:readline wants it. */
  readonly lines: readonly string[];
  add(line: string): void;
}

export const longestHistory = 1000;

/** As the XDG base directory specification has it; null where there is no home. */
export function historyPath(env: Readonly<Record<string, string | undefined>>): string | null {
  const { XDG_STATE_HOME: state = '', HOME: home = '' } = env;
  if (isAbsolute(state)) return join(state, 'sleeper', 'repl_history');
  return isAbsolute(home) ? join(home, '.local', 'state', 'sleeper', 'repl_history') : null;
}

function read(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

/**
 * The history in a file that only this user may read. A file that cannot be read or written is no reason to fail:
 * then nothing is remembered. A line that begins with a space is not kept, as in a shell.
 */
export function openHistory(path: string | null): History {
  if (path === null) return { lines: [], add: () => undefined };
  let lines = read(path);
  let writable = true;
  const trying = (work: () => void): void => {
    try {
      if (writable) work();
    } catch {
      writable = false;
    }
  };
  trying(() => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }));
  if (lines.length > 2 * longestHistory) {
    lines = lines.slice(-longestHistory);
    trying(() => {
      writeFileSync(`${path}.${process.pid}`, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
      renameSync(`${path}.${process.pid}`, path);
    });
  }
  let latest = lines.at(-1);
  return {
    lines: lines.slice(-longestHistory).reverse(),
    add: (line) => {
      if (line.trim() === '' || line.startsWith(' ') || line.includes('\n') || line === latest) return;
      latest = line;
      trying(() => {
        appendFileSync(path, `${line}\n`, { mode: 0o600 });
        // It may have been made by something else.
        chmodSync(path, 0o600);
      });
    },
  };
}
