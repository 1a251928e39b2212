import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { agentLibraryFile } from '../../../src/agent/libraryFile.js';
import { salvageReport } from '../../../src/agent/partialReport.js';
import { decodeLog } from '../../../src/agent/recordingLog.js';
import { snapshot } from '../../../src/model/snapshot.js';
import { renderDump } from '../../../src/render/renderDump.js';
import { dynamicSymbols, executableSegments } from '../../../src/target/elf.js';
import { evaluateExpression } from '../../../src/target/native/dwarfExpression.js';
import { parseElfFile } from '../../../src/target/native/elfFile.js';
import { FunctionNames } from '../../../src/target/native/functionNames.js';
import { rulesAt } from '../../../src/target/native/unwindRules.js';
import { UnwindTables } from '../../../src/target/native/unwindTables.js';
import { allowing, fuzz } from '../../support/fuzz.js';
import { logBytes } from '../../support/logBytes.js';
import { aFrame, aSnapshot, aThread, aVariable } from '../../support/snapshots.js';

const library = readFileSync(agentLibraryFile);

/** The ELF file as if it lay in memory from 0 on. */
const memoryOf = (data: Buffer) => ({
  read(address: bigint, length: number): Buffer {
    if (length > 1 << 28) throw new Error(`${length} bytes are asked for at once`);
    const start = Number(address);
    if (start < 0 || start + length > data.length) throw new RangeError('EIO');
    return data.subarray(start, start + length);
  },
});

/** What a damaged file ends in: an error of ours, or of a look behind the end of a buffer. */
const damage = ['Error', 'RangeError'];

// Whoever opens a file or an image of a process takes any error for a damaged one: they must only come to an end.
describe('files of ELF', () => {
  test('symbols in memory', async () => {
    await fuzz([library], (data) => {
      allowing(damage, () => dynamicSymbols(memoryOf(data), 0n).find('sleeper_control'));
      allowing(damage, () => executableSegments(memoryOf(data), 0n));
    });
  });

  test('names and unwind tables', async () => {
    const whole = parseElfFile((offset, length) => library.subarray(offset, offset + length));
    const index = whole.unwindIndex!.address;
    const [symbols] = whole.symbolSections;
    const near = whole.segments.find(({ executable }) => executable)!.address + 0x1000;
    const look = (data: Buffer): void => {
      const file = parseElfFile((offset, length) => {
        if (length > 1 << 28) throw new Error(`${length} bytes are asked for at once`);
        return data.subarray(offset, offset + length);
      });
      allowing(damage, () => new FunctionNames([file]).find(near));
      const entry = UnwindTables.of(file)?.find(near) ?? null;
      if (entry !== null) rulesAt(entry, near);
    };
    look(library);
    // The headers, the index of the unwind tables with the tables behind it, and the symbols: one after the other.
    for (const at of [0, index, symbols!.offset]) {
      const front = library.subarray(0, at);
      await fuzz([library.subarray(at)], (data) => {
        allowing(damage, () => look(Buffer.concat([front, data])));
      });
    }
  });

  test('expressions of DWARF: a value, "not known", or that it is damaged', async () => {
    const expressions = ['77088000000f1a3b1a332422', '7708', '740806', '910823010a00001c', '9f0810'].map(
      (hex) => Buffer.from(hex, 'hex'),
    );
    const context = { register: (number: number) => number * 8, word: (address: number) => address ^ 0xff };
    await fuzz(expressions, (data) =>
      allowing(['RangeError'], () => evaluateExpression(data, context, [16])),
    );
  });
});

test('the log of a recording: records, or that it is none', async () => {
  const log = logBytes([
    { kind: 'interpreter', id: 0, locks: 0x7f0000001000n, bytes: 48 },
    { kind: 'code', number: 2, firstLine: 1, name: 'main', file: 'app.py' },
    { kind: 'node', number: 1, parent: 0, code: 2, line: 7, entry: true, variables: 0 },
    { kind: 'name', thread: 0, name: 'MainThread' },
  ]);
  await fuzz([log], (data) => allowing(['RangeError'], () => decodeLog(data)));
});

describe('documents', () => {
  const thread = aThread(1, 'MainThread', {
    python: { frames: [aFrame({ variables: [aVariable('a', '1')] }), { error: 'not mapped' }] },
  });
  const text = Buffer.from(JSON.stringify(aSnapshot({ threads: [thread, aThread(2, 'other')] })));

  test('what the schema takes for a snapshot can be shown', async () => {
    expect(snapshot.safeParse(JSON.parse(text.toString())).success).toBe(true);
    await fuzz([text], (data) => {
      let document: unknown;
      allowing(['SyntaxError'], () => (document = JSON.parse(data.toString('utf8'))));
      const parsed = snapshot.safeParse(document);
      if (!parsed.success) return;
      renderDump(parsed.data, { colour: false, width: 80, sourceOf: () => null });
    });
  });

  test('a report that was cut short', async () => {
    await fuzz([text], (data) => salvageReport(data.toString('utf8')));
  });
});
