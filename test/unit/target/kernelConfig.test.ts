import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isConfigured, readKernelConfig } from '../../../src/target/kernelConfig.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sleeper-test-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('the configuration is in /proc, or in /boot, or nowhere', () => {
  const proc = join(directory, 'proc');
  const boot = join(directory, 'boot');
  mkdirSync(proc);
  mkdirSync(boot);
  expect(readKernelConfig(proc, boot)).toBeNull();
  writeFileSync(join(boot, `config-${release()}`), 'of boot');
  expect(readKernelConfig(proc, boot)).toBe('of boot');
  writeFileSync(join(proc, 'config.gz'), gzipSync('of proc'));
  expect(readKernelConfig(proc, boot)).toBe('of proc');
  writeFileSync(join(proc, 'config.gz'), 'no gzip');
  expect(readKernelConfig(proc, boot)).toBe('of boot');
});

test('an option is built in, or not', () => {
  const config = '#\n# head\n#\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\nCONFIG_AB=y\n';
  expect(
    ['CONFIG_A', 'CONFIG_B', 'CONFIG_C', 'CONFIG_D'].map((option) => isConfigured(config, option)),
  ).toEqual([true, false, false, false]);
});
