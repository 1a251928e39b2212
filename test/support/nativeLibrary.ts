import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { targetsDirectory } from './target.js';

/** test/targets/native.c as a library of its own, which is removed again by `remove`. */
export function buildNativeLibrary(...flags: string[]): { path: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'sleeper-native-'));
  const path = join(directory, 'libnative.so');
  const source = `${targetsDirectory}native.c`;
  const always = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror'];
  execFileSync('cc', [...always, ...flags, '-o', path, source]);
  return { path, remove: () => rmSync(directory, { recursive: true }) };
}
