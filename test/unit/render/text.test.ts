import { describe, expect, test } from '@jest/globals';
import { escapeUntrusted } from '../../../src/render/escape.js';
import { shortPath } from '../../../src/render/paths.js';
import { bytes, count, duration, plural } from '../../../src/render/units.js';
import {
  cut,
  cutShort,
  displayWidth,
  padEnd,
  padStart,
  wrapItems,
  wrapText,
} from '../../../src/render/width.js';

describe('escapeUntrusted', () => {
  test('no control, separator, reordering mark, surrogate or tag survives', () => {
    const reachesTerminal = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u{e0000}-\u{e007f}]/u;
    for (let block = 0; block <= 0x10ff; block++) {
      // With a space between, two halves of a surrogate pair do not meet.
      const characters = Array.from({ length: 256 }, (_, low) =>
        String.fromCodePoint(block * 256 + low),
      ).join(' ');
      expect(escapeUntrusted(characters)).not.toMatch(reachesTerminal);
    }
  });

  test('what people write stays: letters, accents, emoji with joiners', () => {
    for (const text of ['plain ~', 'naïve e\u0301', '日本語', '👩‍👩‍👧', 'नमस्ते', '\u200d\u200c'])
      expect(escapeUntrusted(text)).toBe(text);
  });

  test('escapes look as in Python', () => {
    expect(escapeUntrusted('\n\t\u001b\u202e\u{e0041}')).toBe('\\n\\t\\x1b\\u202e\\U000e0041');
  });
});

test('cut says how much is missing, and fits', () => {
  expect(cut('short', 5)).toBe('short');
  expect(cut('x'.repeat(100), 40)).toBe(`${'x'.repeat(23)}… +77 characters`);
  for (let width = 1; width < 120; width++) {
    for (const text of ['x'.repeat(100), '日'.repeat(50), '👩‍👩‍👧'.repeat(30)]) {
      expect(displayWidth(cut(text, width))).toBeLessThanOrEqual(width);
      expect(displayWidth(cutShort(text, width))).toBeLessThanOrEqual(width);
    }
  }
});

test('padding counts columns, not characters or colours', () => {
  expect(padEnd('日', 4)).toBe('日  ');
  expect(padStart('\u001b[1m7\u001b[22m', 3)).toBe('  \u001b[1m7\u001b[22m');
});

test('wrapping loses nothing and never exceeds the width', () => {
  const text =
    'the quick brown 狐 jumps over a-very-long-word-without-any-space-in-it and 日本語日本語日本語';
  for (let width = 2; width < 60; width++) {
    const lines = wrapText(text, width);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  }
  expect(wrapItems(['a', 'b', 'c'], ', ', 6)).toEqual(['a, b,', 'c']);
  expect(wrapItems([], ', ', 5)).toEqual([]);
});

test.each([
  [0.42, '420 us'],
  [2.44, '2.4 ms'],
  [99.96, '100 ms'],
  [999.4, '999 ms'],
  [1000, '1.0 s'],
  [59_960, '1 min 0 s'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h 0 min'],
  [86_400_000 * 2 + 3_600_000 * 4, '2 d 4 h'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('numbers', () => {
  expect([bytes(1023), bytes(1024), bytes(5 * 2 ** 40), count(1234567)]).toEqual([
    '1023 B',
    '1.0 KiB',
    '5.0 TiB',
    '1,234,567',
  ]);
  expect([plural(1, 'thread'), plural(2, 'thread'), plural(0, 'entry', 'entries')]).toEqual([
    '1 thread',
    '2 threads',
    '0 entries',
  ]);
});

test.each([
  ['/usr/lib/python3.11/threading.py', 'threading.py'],
  ['/srv/app/venv/lib/python3.11/site-packages/requests/api.py', 'requests/api.py'],
  ['/usr/lib/python3/dist-packages/apt/cache.py', 'apt/cache.py'],
  ['/srv/app/pkg/mod.py', 'pkg/mod.py'],
  ['/srv/application/mod.py', '/srv/application/mod.py'],
  ['<frozen importlib._bootstrap>', '<frozen importlib._bootstrap>'],
])('%s is shown as %s', (file, expected) => {
  expect(shortPath(file, '/srv/app')).toBe(expected);
});
