import { describe, expect, test } from '@jest/globals';
import { agentImages } from '../../../src/target/agentLibrary.js';
import { imageBases, parseMaps, widestGap } from '../../../src/target/maps.js';

const text = `55d0c0000000-55d0c0001000 r--p 00000000 fe:00 1051                       /usr/bin/python3.11
55d0c0001000-55d0c0002000 r-xp 00001000 fe:00 1051                       /usr/bin/python3.11
55d0c1000000-55d0c1100000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000004000 r--p 00000000 fe:00 77                         /opt/with space/libsleeper.so (deleted)
7f0000004000-7f0000008000 r-xp 00004000 fe:00 77                         /opt/with space/libsleeper.so (deleted)
7f0000010000-7f0000011000 rw-p 00000000 00:00 0 
7f0000020000-7f0000024000 r--p 00000000 00:01 1033                       /memfd:libsleeper.so (deleted)
7f0000030000-7f0000034000 r--p 00000000 fe:00 79                         /srv/new\\012line/libsleeper.so.0.1
7f0000040000-7f0000044000 r--p 00000000 fe:00 80                         /srv/notlibsleeper.so
7f0000050000-7f0000054000 r--p 00000000 fe:00 81                         /srv/libsleeper.so.d/data
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

describe('parseMaps', () => {
  test('every line, in order', () => {
    const mappings = parseMaps(text);
    expect(mappings).toHaveLength(12);
    expect(mappings[1]).toEqual({
      start: 0x55d0c0001000n,
      end: 0x55d0c0002000n,
      permissions: 'r-xp',
      offset: 0x1000n,
      device: 'fe:00',
      inode: '1051',
      path: '/usr/bin/python3.11',
      deleted: false,
    });
    expect(mappings[5]).toMatchObject({ path: '', inode: '0' });
    expect(mappings.at(-1)).toMatchObject({ start: 0xffffffffff600000n, path: '[vsyscall]' });
  });

  test('deleted files and escaped newlines', () => {
    expect(parseMaps(text, 'libsleeper').map(({ path, deleted }) => [path, deleted])).toEqual([
      ['/opt/with space/libsleeper.so', true],
      ['/opt/with space/libsleeper.so', true],
      ['/memfd:libsleeper.so', true],
      ['/srv/new\nline/libsleeper.so.0.1', false],
      ['/srv/notlibsleeper.so', false],
      ['/srv/libsleeper.so.d/data', false],
    ]);
  });

  test('junk gives nothing', () => {
    expect(parseMaps('no such line\n\n')).toEqual([]);
  });
});

test('images begin at the first mapping of a file', () => {
  expect(imageBases(parseMaps(text)).map(({ start }) => start.toString(16))).toEqual([
    '55d0c0000000',
    '7f0000000000',
    '7f0000020000',
    '7f0000030000',
    '7f0000040000',
    '7f0000050000',
  ]);
});

test('the images of the agent: by its file name, not by what contains it', () => {
  expect(agentImages(text).map(({ path }) => path)).toEqual([
    '/opt/with space/libsleeper.so',
    '/memfd:libsleeper.so',
    '/srv/new\nline/libsleeper.so.0.1',
  ]);
});

describe('widestGap', () => {
  const mapsOf = (...ranges: readonly [bigint, bigint][]) =>
    parseMaps(
      ranges
        .map(([start, end]) => `${start.toString(16)}-${end.toString(16)} rw-p 00000000 00:00 0 \n`)
        .join(''),
    );
  const size = 0x50000n;

  test('in the middle of the widest, on a page, with room for all of it', () => {
    const low = 0x10_0000_0000n;
    const high = 0x7000_0000_0000n;
    const at = widestGap(mapsOf([0x400000n, low], [high, 0x7fff_0000_0000n]), size);
    expect(at % 4096n).toBe(0n);
    const before = at - low;
    const behind = high - (at + size);
    expect(behind - before).toBeLessThanOrEqual(2n * 4096n);
    expect(before).toBeGreaterThan(size);
  });

  test('below the first mapping and above the last are gaps, too', () => {
    expect(widestGap(mapsOf([0x7000_0000_0000n, 0x7fff_0000_0000n]), size)).toBeLessThan(0x7000_0000_0000n);
    expect(widestGap(mapsOf([0x400000n, 0x500000n]), size)).toBeGreaterThan(0x500000n);
    const empty = widestGap([], size);
    expect(empty).toBeGreaterThan(0x10000n);
    expect(empty + size).toBeLessThan(0x7fff_ffff_f000n);
  });

  test('what lies above the address space of user programs does not count', () => {
    const mappings = mapsOf([0x400000n, 0x500000n], [0x7fff_0000_0000n, 0x7fff_0001_0000n]);
    const vsyscall = parseMaps(
      'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n',
    );
    expect(widestGap([...mappings, ...vsyscall], size)).toBe(widestGap(mappings, size));
    // A process that has mapped what lies above 47 bits.
    const above = mapsOf([0xff_0000_0000_0000n, 0xff_0000_0001_0000n]);
    expect(widestGap([...mappings, ...above], size)).toBe(widestGap(mappings, size));
  });
});
