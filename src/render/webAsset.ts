import { readFileSync } from 'node:fs';

/** A file of `web/`: what is put as it is into the pages and pictures that sleeper writes. */
export function webAsset(name: string): string {
  // As deep below the root as dist/cli, see build.js.
  return readFileSync(new URL(`../../web/${name}`, import.meta.url), 'utf8');
}
