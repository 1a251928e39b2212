import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the target of one row of the table is like. */
export interface Scenario {
  name: string;
  idleThreads: number;
  /** A directory of shared objects that the target loads. */
  libraries: string;
}

/** Compiles one tiny shared object and copies it: the loader takes each copy for a library of its own. */
function manyLibraries(count: number): string {
  const directory = mkdtempSync(join(tmpdir(), 'sleeper-bench-'));
  const source = join(directory, 'tiny.c');
  writeFileSync(source, 'int sleeper_bench_tiny(int x) { return x + 1; }\n');
  const first = join(directory, 'tiny0.so');
  execFileSync('cc', ['-shared', '-fPIC', '-g', '-o', first, source]);
  for (let i = 1; i < count; i++) copyFileSync(first, join(directory, `tiny${String(i)}.so`));
  return directory;
}

/** One thread spins in each; its idle threads are ten frames deep. */
export function scenarios(): Scenario[] {
  const none = mkdtempSync(join(tmpdir(), 'sleeper-bench-'));
  return [
    { name: '1 thread', idleThreads: 0, libraries: none },
    { name: '64 threads', idleThreads: 63, libraries: none },
    { name: '200 threads', idleThreads: 199, libraries: none },
    { name: '1 thread, 200 shared objects', idleThreads: 0, libraries: manyLibraries(200) },
  ];
}
