import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseMiLine } from '../../../src/gdb/miParser.js';

const golden = fileURLToPath(new URL('../../golden/mi/', import.meta.url));

/** What real gdbs printed, without the time and the direction. */
const recorded = readdirSync(golden).flatMap((name) =>
  readFileSync(golden + name, 'latin1')
    .split('\n')
    .filter((line) => line.slice(11, 13) === '< ')
    .map((line) => line.slice(13)),
);
/** One of each shape: numbers and words do not make a difference to the parser. */
const shapes = [...new Map(recorded.map((line) => [line.replace(/\w+/g, 'x'), line])).values()];

describe('records', () => {
  test('a result', () => {
    expect(parseMiLine('12^error,msg="No \\"x\\".",code="undefined-command"')).toEqual({
      kind: 'result',
      token: 12,
      class: 'error',
      results: { msg: 'No "x".', code: 'undefined-command' },
    });
  });
  test('a stop', () => {
    const line =
      '*stopped,reason="signal-received",signal-name="SIGTRAP",frame={addr="0x1f",func="??",args=[]},thread-id="1",stopped-threads="all"';
    expect(parseMiLine(line)).toMatchObject({
      kind: 'exec',
      class: 'stopped',
      results: { 'signal-name': 'SIGTRAP', frame: { addr: '0x1f', args: [] } },
    });
  });
  test('lists of results and of values; bare values in tuples', () => {
    expect(parseMiLine('^done,a=[b={c="1"},b={c="2"}],d=["3","4"],e={"5","6"}')).toMatchObject({
      results: { a: [{ b: { c: '1' } }, { b: { c: '2' } }], d: ['3', '4'], e: { '0': '5', '1': '6' } },
    });
  });
  test('streams, with the escapes of C', () => {
    expect(parseMiLine('~"a\\tb\\n\\\\ \\303\\244 \\033[m"')).toEqual({
      kind: 'console',
      text: 'a\tb\n\\ ä \u001b[m',
    });
    expect(parseMiLine('&"warning"')).toEqual({ kind: 'log', text: 'warning' });
    expect(parseMiLine('@"x"')).toEqual({ kind: 'target', text: 'x' });
  });
  test('UTF-8 that is not escaped', () => {
    expect(parseMiLine(Buffer.from('~"ä"').toString('latin1'))).toEqual({ kind: 'console', text: 'ä' });
  });
  test('the prompt', () => {
    expect(parseMiLine('(gdb) ')).toEqual({ kind: 'prompt' });
  });
  test.each([
    '',
    'x',
    '1-gdb-version',
    '^',
    '^done,',
    '^done,a',
    '^done,a=',
    '~"',
    '~"\\',
    '1~"x"',
    '*stopped,a="1"x',
    '99999999999999999999^done',
  ])('junk: %s', (text) => {
    expect(parseMiLine(text)).toEqual({ kind: 'junk', text });
  });
  test('names that mean something in JavaScript are names like any other', () => {
    const record = parseMiLine('^done,__proto__={x="1"},constructor="2"');
    expect(record.kind === 'result' && Object.keys(record.results)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('what real gdbs printed', () => {
  test('there is something to test with', () => {
    expect(shapes.length).toBeGreaterThan(40);
  });
  test('no line is junk', () => {
    expect(recorded.filter((line) => parseMiLine(line).kind === 'junk')).toEqual([]);
  });
  test('every prefix is a record or junk', () => {
    for (const line of shapes)
      for (let end = 0; end < line.length; end++)
        expect(typeof parseMiLine(line.slice(0, end)).kind).toBe('string');
  });
  test('every mutation of a byte is a record or junk', () => {
    const replacements = Array.from('"\\{}[],=^*~&@0a\0\n\r\xff');
    for (const line of shapes)
      for (let at = 0; at < line.length; at++)
        for (const byte of replacements) {
          const { kind } = parseMiLine(line.slice(0, at) + byte + line.slice(at + 1));
          if (kind.length === 0) throw new Error('no kind');
        }
  });
});

test.each([
  ['nested lists', '[', 200_000],
  ['nested tuples', '{a=', 200_000],
  ['bare values', '"",', 200_000],
  ['escapes', '\\303', 200_000],
  ['digits', '1', 1_000_000],
])('the time is linear: %s', (_, piece, count) => {
  const started = performance.now();
  parseMiLine(`^done,a={${piece.repeat(count)}`);
  parseMiLine(`~"${piece.repeat(count)}`);
  parseMiLine(piece.repeat(count));
  expect(performance.now() - started).toBeLessThan(2000);
});
