import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Script } from 'node:vm';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const files = ['bin/main.cjs', 'dist/cli/headStart.cjs', 'dist/cli/main.cjs', 'package.json'];
const cacheFile = 'dist/cli/main.cjs.cache';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sleeper-test-'));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(file, join(root, file));
  }
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const version = (): string =>
  execFileSync(process.execPath, [join(root, 'bin/main.cjs'), '--version'], { encoding: 'utf8' }).trim();
const { version: ours } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('V8 takes what the build has kept of it', () => {
  const { compile } = createRequire(import.meta.url)('../../../bin/main.cjs') as {
    compile: () => { script: Script };
  };
  expect(compile().script.cachedDataRejected).toBe(false);
});

test('it runs without that', () => {
  expect(version()).toBe(ours);
});

test.each([
  ['nothing', () => Buffer.alloc(0)],
  ['a half of it', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
  ['that of another text', (whole: Buffer) => Buffer.from(whole).fill('0', 0, 64)],
  // Behind the hash; the second word is the version of V8 (SerializedCodeData in src/snapshot/code-serializer.h).
  ['that of another V8', (whole: Buffer) => Buffer.from(whole).fill(0x5a, 64 + 4, 64 + 8)],
])('it runs with %s', (_, damage) => {
  writeFileSync(join(root, cacheFile), damage(readFileSync(cacheFile)));
  expect(version()).toBe(ours);
});

test('it is ASCII, which it is read as', () => {
  expect(readFileSync(join(root, 'dist/cli/main.cjs')).every((byte) => byte < 0x80)).toBe(true);
});
