import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bootTimeMs, startedAt } from '../../../src/target/clock.js';

let procRoot: string;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});

afterEach(() => {
  rmSync(procRoot, { recursive: true });
});

const bootSeconds = 1_700_000_000;

function write(uptime: string | null): void {
  writeFileSync(join(procRoot, 'stat'), `cpu  1 2 3\nbtime ${String(bootSeconds)}\nprocesses 9\n`);
  if (uptime !== null) writeFileSync(join(procRoot, 'uptime'), `${uptime} 999.99\n`);
}

test('the boot is known to a hundredth of a second, not to the second', () => {
  write('1000.25');
  const now = (): number => bootSeconds * 1000 + 1_000_980;
  expect(bootTimeMs(procRoot, now)).toBe(bootSeconds * 1000 + 730);
  expect(startedAt(bootTimeMs(procRoot, now), 500)).toBe('2023-11-14T22:13:21.230Z');
});

test.each([
  ['that of a container', '12.00'],
  ['none', null],
])('another uptime than the machine’s (%s): the latest moment that btime allows', (_, uptime) => {
  write(uptime);
  expect(bootTimeMs(procRoot, () => bootSeconds * 1000 + 1_000_980)).toBe((bootSeconds + 1) * 1000);
});
