import { expect, test } from '@jest/globals';
import { libcName } from '../../../src/target/libc.js';

const mapped = (path: string): string => `7f0010000000-7f0010020000 r-xp 00000000 fe:00 12    ${path}\n`;

test.each([
  ['/usr/lib/x86_64-linux-gnu/libc.so.6', 'glibc'],
  ['/lib/x86_64-linux-gnu/libc-2.31.so', 'glibc'],
  ['/lib/ld-musl-x86_64.so.1', 'musl'],
  ['/usr/lib/x86_64-linux-musl/libc.so', 'musl'],
  ['/usr/bin/python3.11', null],
])('%s', (path, name) => {
  expect(libcName(mapped('/usr/lib/libm.so.6') + mapped(path))).toBe(name);
});
