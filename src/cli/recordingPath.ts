import { existsSync } from 'node:fs';

/** A name for a recording that is not taken: beside the output, or in the working directory. */
export function recordingPath(pid: number, output: string | undefined): string {
  const now = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15);
  const base = output === undefined ? `sleeper-${pid}-${now}` : output.replace(/(\.[a-z0-9]+){1,2}$/i, '');
  for (let number = 1; ; number++) {
    const path = `${base}${number === 1 ? '' : `-${number}`}.sleeper`;
    if (!existsSync(path)) return path;
  }
}
