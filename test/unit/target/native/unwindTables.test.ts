import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openElfFile, parseElfFile, type OpenElfFile } from '../../../../src/target/native/elfFile.js';
import { FunctionNames } from '../../../../src/target/native/functionNames.js';
import { rulesAt, type RegisterRule, type UnwindRules } from '../../../../src/target/native/unwindRules.js';
import { UnwindTables } from '../../../../src/target/native/unwindTables.js';
import { buildNativeLibrary } from '../../../support/nativeLibrary.js';

const library = buildNativeLibrary();
const libc = /=> (\S*libc\.so\.6)/.exec(execFileSync('ldd', [library.path], { encoding: 'utf8' }))![1]!;
const opened: OpenElfFile[] = [];
afterAll(() => {
  for (const file of opened) file.close();
  library.remove();
});

function open(path: string): OpenElfFile {
  const file = openElfFile(path);
  opened.push(file);
  return file;
}

/** readelf fails when a file refers to one with debug symbols that is not there, and prints all the same. */
const run = (command: string, ...args: string[]): string =>
  spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;

const registers = [
  ...['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp'],
  ...['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'ra'],
];

const signed = (number: number): string => (number < 0 ? `${number}` : `+${number}`);

/** A rule as readelf writes it. */
function ruleText(rule: RegisterRule | undefined): string {
  switch (rule?.kind) {
    case undefined:
    case 'undefined':
      return 'u';
    case 'stored':
      return `c${signed(rule.offset)}`;
    case 'register':
      return `r${rule.register} (${registers[rule.register]})`;
    case 'storedAt':
      return 'exp';
    case 'value':
      return 'vexp';
    default:
      return rule!.kind;
  }
}

function rowText({ cfa, registers: rules }: UnwindRules, columns: readonly string[]): string {
  const base = 'register' in cfa ? `${registers[cfa.register]}${signed(cfa.offset)}` : 'exp';
  return [base, ...columns.map((column) => ruleText(rules.get(registers.indexOf(column))))].join(' ');
}

/** Each row that readelf finds, and what we say of its address. */
function compareRows(path: string): { readonly rows: number; readonly different: string[] } {
  const tables = UnwindTables.of(open(path))!;
  let [rows, columns, end]: [number, string[], number] = [0, [], 0];
  const different: string[] = [];
  for (const line of run('readelf', '-W', '--debug-dump=frames-interp', path).split('\n')) {
    const range = /\bpc=([0-9a-f]+)\.\.([0-9a-f]+)/.exec(line);
    if (range !== null) end = parseInt(range[2]!, 16);
    if (line.includes(' CIE ')) end = 0;
    if (line.trimStart().startsWith('LOC')) columns = line.trim().split(/ +/).slice(2);
    const row = /^([0-9a-f]{16}) +(.*)$/.exec(line);
    if (row === null || end === 0) continue;
    const address = parseInt(row[1]!, 16);
    const entry = tables.find(address);
    const ours = entry === null ? 'nothing' : rowText(rulesAt(entry, address), columns);
    const theirs = row[2]!.trim().split(/ +/).join(' ').replaceAll(/\bs\b/g, 'u');
    if (ours !== theirs) different.push(`${row[1]}: ${ours}, readelf: ${theirs}`);
    rows++;
  }
  return { rows, different };
}

describe('unwind tables', () => {
  test('every row of a library is what readelf says', () => {
    const { rows, different } = compareRows(library.path);
    expect(different).toEqual([]);
    expect(rows).toBeGreaterThan(30);
  });

  test('every row of the C library is what readelf says', () => {
    const { rows, different } = compareRows(libc);
    expect(different.slice(0, 10)).toEqual([]);
    expect(rows).toBeGreaterThan(10_000);
  });

  test('between functions there is nothing', () => {
    const tables = UnwindTables.of(open(library.path))!;
    expect(tables.find(0)).toBeNull();
    expect(tables.find(2 ** 40)).toBeNull();
  });

  test('damaged files end in an Error, whatever is damaged', () => {
    const bytes = open(library.path).read(0, 1 << 20);
    // A generator of its own, so that a failure can be had again.
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed % below;
    };
    let failed = 0;
    for (let round = 0; round < 3000; round++) {
      const damaged = Buffer.from(bytes);
      for (let each = 0; each < 20; each++) damaged[random(damaged.length)] = random(256);
      damaged.writeUInt8(random(256), random(64));
      try {
        const file = parseElfFile((offset, length) => damaged.subarray(offset, offset + length));
        new FunctionNames([file]).find(random(0x2000));
        const entry = UnwindTables.of(file)?.find(0x1000 + random(0x500)) ?? null;
        if (entry !== null) rulesAt(entry, entry.start + 1);
      } catch (error) {
        failed++;
        // Not of this realm's class: jest runs tests in another one than node:fs.
        expect((error as Error).name).toMatch(/Error$/);
      }
    }
    expect(failed).toBeGreaterThan(100);
  });
});

test('functions are called as nm calls them', () => {
  for (const path of [library.path, libc]) {
    const names = new FunctionNames([open(path)]);
    const byAddress = new Map<number, string[]>();
    for (const line of run('nm', '-D', '--defined-only', path).split('\n')) {
      const [address = '', type = '', name = ''] = line.split(' ');
      if (!/^[TWi]$/i.test(type)) continue;
      const at = parseInt(address, 16);
      byAddress.set(at, [...(byAddress.get(at) ?? []), name.split('@')[0]!]);
    }
    expect(byAddress.size).toBeGreaterThan(5);
    const wrong = [...byAddress].filter(([address, aliases]) => !aliases.includes(names.find(address) ?? ''));
    // One of the C library's has a name of its own in a table that nm -D does not read.
    expect(wrong.filter(([address]) => names.find(address) === null)).toEqual([]);
    expect(wrong.length).toBeLessThan(byAddress.size / 50);
  }
});
