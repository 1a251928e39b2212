import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { findDebugPythons, findPythons } from '../support/pythons.js';

const agent = fileURLToPath(new URL('../../agent-c/', import.meta.url));
const library = `${agent}build/libsleeper-values.so`;
const seed = '1';
/** Of decoding damaged memory, which are most of the time. `make -C agent-c values-test` does twenty times as many. */
const rounds = { release: '5000', debug: '250' };
const pythons = [
  ...findPythons().map((python) => ({ ...python, build: 'release' as const })),
  ...findDebugPythons().map((python) => ({ ...python, build: 'debug' as const })),
];

beforeAll(() => {
  execFileSync('make', ['--silent', '-C', agent, 'build/libsleeper-values.so'], { stdio: 'inherit' });
});

test.concurrent.each(pythons)(
  'the agent prints the values of $label as Python itself does, and survives damaged ones',
  async ({ executable, build }) => {
    const script = `${agent}test/values/inside.py`;
    const { stdout } = await promisify(execFile)(executable, ['-B', script, library, seed, rounds[build]]);
    expect(stdout).toMatch(/^\d{5,} checks, 0 failed, /);
  },
);
