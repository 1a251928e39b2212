import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { targetsDirectory } from './target.js';

/** test/targets/native.c as a library of its own, which is removed again by `remove`. */
export function buildNativeLibrary(...flags: string[]): { path: string; remove: () => void } {
  return buildLibrary('native', ...flags);
}

/** As `buildNativeLibrary`, of another C file there. */
export function buildLibrary(name: string, ...flags: string[]): { path: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), `sleeper-${name}-`));
  const path = join(directory, `lib${name}.so`);
  const source = `${targetsDirectory}${name}.c`;
  const always = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror'];
  execFileSync('cc', [...always, ...flags, '-o', path, source]);
  return { path, remove: () => rmSync(directory, { recursive: true }) };
}
