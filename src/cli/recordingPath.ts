import { existsSync, statSync } from 'node:fs';
import { profileFormats } from './profileFormats.js';

/** How the name of a recording ends. */
const ending = '.sleeper';

/**
 * A name for a recording that is not taken: beside the output, or in the working directory. Where the output is to be a
 * recording itself it is that name, taken or not.
 */
export function recordingPath(pid: number, output: string | undefined): string {
  if (output?.endsWith(ending) === true) return output;
  const now = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15);
  const beside = output === undefined || isDevice(output) ? null : withoutEnding(output);
  const base = beside ?? `sleeper-${pid}-${now}`;
  for (let number = 1; ; number++) {
    const path = `${base}${number === 1 ? '' : `-${number}`}${ending}`;
    if (!existsSync(path)) return path;
  }
}

/** A pipe, a terminal, /dev/null: nothing can be put beside it. */
function isDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

/** Without the ending that tells the format, else without the last one. */
function withoutEnding(path: string): string {
  const endings = profileFormats
    .flatMap(({ extensions }) => extensions)
    .filter((extension) => path.endsWith(extension))
    .sort((a, b) => b.length - a.length);
  return endings[0] === undefined ? path.replace(/\.[^./]+$/, '') : path.slice(0, -endings[0].length);
}
