import { afterAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  agentState,
  agentStatus,
  controlAbi,
  controlLayout,
  controlSize,
  limitNames,
  readControlBlock,
  requestFlag,
  requestKind,
  writeRequest,
  type ControlBlock,
} from '../../../src/agent/controlBlock.js';
import { recordingLayout, recordingSize } from '../../../src/agent/recording.js';
import { logKind, specialCode } from '../../../src/agent/recordingLog.js';
import type { Memory } from '../../../src/agent/memory.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'sleeper-layout-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The values of C expressions, as the compiler sees them with sleeper.h. */
function evaluateInC(expressions: readonly string[]): number[] {
  const source = join(directory, 'layout.c');
  const program = join(directory, 'layout');
  writeFileSync(
    source,
    `#include <stddef.h>\n#include <stdio.h>\n#include "${root}agent-c/include/sleeper.h"\nint main(void) {\n` +
      expressions.map((expression) => `  printf("%ld\\n", (long)(${expression}));\n`).join('') +
      '  return 0;\n}\n',
  );
  execFileSync('cc', ['-o', program, source]);
  return execFileSync(program, { encoding: 'utf8' }).trim().split('\n').map(Number);
}

test('the layout is that of the C header', () => {
  const names = Object.keys(controlLayout);
  const recording = Object.keys(recordingLayout);
  const found = evaluateInC([
    'sizeof(struct sleeper_control)',
    'SLEEPER_ABI',
    ...names.map((name) => `offsetof(struct sleeper_control, ${name})`),
    ...names.map((name) => `sizeof(((struct sleeper_control *)0)->${name})`),
    ...recording.map((name) => `offsetof(struct sleeper_recording, ${name})`),
    'sizeof(struct sleeper_recording)',
  ]);
  const fields = Object.values(controlLayout);
  expect(found).toEqual([
    controlSize,
    controlAbi,
    ...fields.map(({ at }) => at),
    ...fields.map(({ size }) => size),
    ...Object.values(recordingLayout),
    recordingSize,
  ]);
});

const logNames = ['FORGET', 'INTERPRETER', 'CODE', 'NODE', 'THREAD', 'NAME', 'SAMPLE', 'VARIABLES'];

test('the enumerations and the limits are those of the C header', () => {
  const found = evaluateInC([
    ...['NOT_PYTHON', 'READY', 'UNSUPPORTED'].map((name) => `SLEEPER_${name}`),
    ...['NONE', 'DUMP', 'BT', 'FAULT', 'SAMPLE', 'END_RECORDING'].map((name) => `SLEEPER_REQUEST_${name}`),
    ...['IDLE', 'RUNNING', 'DONE', 'REFUSED'].map((name) => `SLEEPER_STATUS_${name}`),
    ...logNames.map((name) => `SLEEPER_LOG_${name}`),
    ...['MORE', 'UNREADABLE'].map((name) => `SLEEPER_CODE_${name}`),
    'SLEEPER_LOCALS',
    'SLEEPER_GLOBALS',
    ...limitNames.map((name) => `offsetof(struct sleeper_limits, max_${name})`),
    'sizeof(struct sleeper_limits)',
  ]);
  const values = [agentState, requestKind, agentStatus, logKind, specialCode, requestFlag].flatMap((map) =>
    Object.values(map),
  );
  expect(found).toEqual([...values, ...limitNames.map((_, index) => index * 4), limitNames.length * 4]);
});

test('the gdb script has the same offsets', () => {
  const script = readFileSync(`${root}gdb-scripts/sleeper.gdb`, 'utf8');
  const found = [...script.matchAll(/^set \$sleeper_at_(\w+) = (\d+)$/gm)].map(([, name, at]) => [
    name,
    Number(at),
  ]);
  expect(found.length).toBeGreaterThan(8);
  const layout: Record<string, { at: number }> = controlLayout;
  for (const [name, at] of found) expect([name, layout[String(name)]?.at]).toEqual([name, at]);
});

function bufferMemory(base: bigint, bytes: Buffer): Memory {
  return {
    read: (address, length) =>
      Buffer.from(bytes.subarray(Number(address - base), Number(address - base) + length)),
    write: (address, data) => void data.copy(bytes, Number(address - base)),
  };
}

function validBlock(): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.write('sleeper\0');
  bytes.writeUInt32LE(controlAbi, controlLayout.abi.at);
  bytes.writeUInt32LE(controlSize, controlLayout.size.at);
  bytes.write('0.1.0', controlLayout.version.at);
  bytes.write('a b', controlLayout.missing.at);
  bytes.writeBigUInt64LE(0x7f0000001000n, controlLayout.done.at);
  return bytes;
}

test('a control block is read, and another thing is refused', () => {
  const base = 0x7fff00000000n;
  const block = readControlBlock(bufferMemory(base, validBlock()), base);
  expect(block).toMatchObject({
    version: '0.1.0',
    missing: ['a', 'b'],
    done: 0x7f0000001000n,
    control: base,
    reason: '',
  });
  const other = validBlock();
  other.writeUInt32LE(controlAbi + 1, controlLayout.abi.at);
  expect(() => readControlBlock(bufferMemory(base, other), base)).toThrow(
    expect.objectContaining({ found: 'other version', version: '0.1.0' }),
  );
  expect(() => readControlBlock(bufferMemory(base, Buffer.alloc(4096)), base)).toThrow(
    expect.objectContaining({ found: 'other memory' }),
  );
});

test('a request is written where the agent looks for it, and nothing else is', () => {
  const base = 0x1000n;
  const bytes = validBlock();
  const before = Buffer.from(bytes);
  const memory = bufferMemory(base, bytes);
  const block: ControlBlock = { ...readControlBlock(memory, base), arena: base + 1024n, arenaSize: 1024n };
  bytes.writeUInt32LE(7, controlLayout.status.at);
  writeRequest(memory, base, block, { kind: 1, flags: 3, limits: { items: 9 }, sockets: [5, -1] });
  const limits = controlLayout.limits.at;
  expect(bytes.readUInt32LE(controlLayout.request.at)).toBe(1);
  expect(bytes.readUInt32LE(controlLayout.flags.at)).toBe(3);
  expect(bytes.readUInt32LE(limits + 4 * limitNames.indexOf('items'))).toBe(9);
  expect(bytes.readUInt32LE(limits)).toBe(0);
  expect(bytes.readBigUInt64LE(controlLayout.input_length.at)).toBe(8n);
  expect(bytes.readUInt32LE(controlLayout.status.at)).toBe(agentStatus.idle);
  expect([bytes.readInt32LE(1024), bytes.readInt32LE(1028)]).toEqual([5, -1]);
  const end = controlLayout.status.at + 4;
  expect(bytes.subarray(0, controlLayout.request.at)).toEqual(before.subarray(0, controlLayout.request.at));
  expect(bytes.subarray(end, 1024)).toEqual(before.subarray(end, 1024));
});
