import { existsSync } from 'node:fs';

/** How the name of a recording ends. */
const ending = '.sleeper';

/**
 * A name for a recording that is not taken: beside the output, or in the working directory. Where the output is to be a
 * recording itself it is that name, taken or not.
 */
export function recordingPath(pid: number, output: string | undefined): string {
  if (output?.endsWith(ending) === true) return output;
  const now = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15);
  const base = output === undefined ? `sleeper-${pid}-${now}` : output.replace(/(\.[a-z0-9]+){1,2}$/i, '');
  for (let number = 1; ; number++) {
    const path = `${base}${number === 1 ? '' : `-${number}`}${ending}`;
    if (!existsSync(path)) return path;
  }
}
