import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { recordingMemory, type RecordingMemory } from '../../../src/usecases/recordingMemory.js';

const MiB = 1024 ** 2;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sleeper-memory-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

interface Process {
  /** What it may map, in bytes, as /proc/PID/limits writes it. */
  readonly addressSpace?: string;
  readonly data?: string;
  /** Bytes that its control group may have. It has 10 MiB. */
  readonly group?: string;
}

/** What a recording gets that asks for so much, in a process that has mapped 20 MiB, 12 of them its own. */
function given(
  wanted: number,
  { addressSpace = 'unlimited', data = 'unlimited', group = 'max' }: Process,
): RecordingMemory {
  const files = {
    'proc/1234/limits': `Limit                     Soft Limit           Hard Limit           Units
Max data size             ${data.padEnd(20)} unlimited            bytes
Max address space         ${addressSpace.padEnd(20)} unlimited            bytes`,
    'proc/1234/status': `VmPeak:\t   90000 kB\nVmSize:\t   20480 kB\nVmData:\t   12288 kB`,
    'proc/1234/cgroup': '0::/app',
    'proc/self/mountinfo': `30 24 0:26 / ${root}/sys rw,nosuid - cgroup2 cgroup2 rw`,
    'sys/app/memory.max': group,
    'sys/app/memory.current': String(10 * MiB),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), `${text}\n`);
  }
  return recordingMemory(1234, wanted, `${root}/proc`);
}

test.each<[string, Process]>([
  ['without a limit', {}],
  ['as much as is left', { addressSpace: String(28 * MiB), group: String(18 * MiB) }],
])('what was asked for: %s', (_, process) => {
  expect(given(4 * MiB, process)).toEqual({ bytes: 4 * MiB, remark: null });
});

test('less than the smallest --buffer, of who may ask for that', () => {
  expect(given(64 * 1024, {})).toEqual({ bytes: 64 * 1024, remark: null });
});

test.each<[string, Process, number, string]>([
  ['address space', { addressSpace: String(26 * MiB) }, 3 * MiB, '3 of 4 MiB'],
  ['data', { data: String(15 * MiB) }, 1.5 * MiB, '1.5 of 4 MiB'],
  ['the control group', { group: String(15 * MiB + 1) }, 2.5 * MiB, '2.5 of 4 MiB'],
  [
    'the nearest of them',
    { addressSpace: String(24 * MiB), data: String(18 * MiB), group: String(13 * MiB) },
    1.5 * MiB,
    'what the memory limit of its control group left',
  ],
])('half of what is left of %s, which is told', (_, process, bytes, told) => {
  const memory = given(4 * MiB, process);
  expect(memory.bytes).toBe(bytes);
  expect(memory.remark).toContain(told);
});

test.each<[string, Process]>([
  ['address space', { addressSpace: String(21.9 * MiB) }],
  ['address space, which is used up', { addressSpace: String(19 * MiB) }],
  ['data', { data: String(13 * MiB) }],
  ['the control group', { group: String(10.5 * MiB) }],
])('too little is left of %s', (_, process) => {
  expect(() => given(MiB, process)).toThrow(expect.objectContaining({ code: 'recording-memory' }));
});
