import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openElfFile } from '../../../../src/target/native/elfFile.js';
import { functionPieces } from '../../../../src/target/native/functionPieces.js';
import { UnwindTables } from '../../../../src/target/native/unwindTables.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-pieces-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Two functions of which the compiler puts what is said to be rare elsewhere. */
const source = `
int rare(int);
#define PART(n) if (__builtin_expect(x == n, 0)) x += rare(x * n) + rare(x);
int one(int x) { PART(11) PART(12) PART(13) return x; }
int two(int x) { PART(21) PART(22) PART(23) return x; }
__attribute__((cold, noinline)) int rare(int x) { return x * 3; }
`;

/** The addresses of symbols, and how long they are. */
function symbols(path: string): Map<string, [start: number, end: number]> {
  const lines = execFileSync('nm', ['-S', path], { encoding: 'utf8' }).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [start = '', bytes = '', , name] = line.split(' ');
      if (name === undefined) return [];
      const at = parseInt(start, 16);
      return [[name, [at, at + parseInt(bytes, 16)] as [number, number]] as const];
    }),
  );
}

test('the rare part of a function is found, and no other', () => {
  const path = join(directory, 'libpieces.so');
  writeFileSync(join(directory, 'pieces.c'), source);
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', path, join(directory, 'pieces.c')]);
  const known = symbols(path);
  execFileSync('strip', [path]);
  const file = openElfFile(path);
  try {
    const tables = UnwindTables.of(file)!;
    for (const name of ['one', 'two']) {
      const [start, end] = known.get(`${name}.cold`)!;
      expect(functionPieces(file, tables, known.get(name)![0])).toEqual([{ start, end }]);
    }
  } finally {
    file.close();
  }
});
