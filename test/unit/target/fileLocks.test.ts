import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fileLockHolders } from '../../../src/target/fileLocks.js';

let procRoot: string;
beforeAll(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
  writeFileSync(
    join(procRoot, 'locks'),
    `1: FLOCK  ADVISORY  WRITE 100 08:01:11 0 EOF
1: -> FLOCK  ADVISORY  WRITE 200 08:01:11 0 EOF
1: -> FLOCK  ADVISORY  READ  201 08:01:11 0 EOF
2: POSIX  ADVISORY  READ  300 00:2b:12 1073741826 1073742335
3: OFDLCK ADVISORY  WRITE -1 08:01:13 0 EOF
3: -> OFDLCK ADVISORY  WRITE -1 08:01:13 0 EOF
`,
  );
});
afterAll(() => rmSync(procRoot, { recursive: true }));

test.each([
  [200, [100]],
  [201, [100]],
  [100, []],
  [300, []],
  [-1, []],
])('who has the lock that process %d waits for', (pid, holders) => {
  expect(fileLockHolders(pid, procRoot)).toEqual(holders);
});
