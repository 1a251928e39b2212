import { readFileSync } from 'node:fs';

/** The version of this CLI, as package.json says. */
export function sleeperVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version": *"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
