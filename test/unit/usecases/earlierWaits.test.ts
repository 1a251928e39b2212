import { describe, expect, test } from '@jest/globals';
import { readWaitNotes, writeWaitNotes, type WaitNote } from '../../../src/agent/waitNotes.js';
import { parseThreadWait } from '../../../src/target/threadWait.js';
import { notesOn, switchesOfCall, withNotedWaits } from '../../../src/usecases/earlierWaits.js';
import { aKernelThread } from '../../support/snapshots.js';

const call = '202 0x7f01 0x189 0x0 0x0 0x0 0xffffffff 0x7ffd10 0x7f99\n';
const sched = 'python (1, #threads: 1)\nse.exec_start : 5.0\nnr_switches : 9\nnr_voluntary_switches : 7\n';

describe('a wait', () => {
  test('is known again by where it is, though a stop makes another call of it, with less time left', () => {
    const wait = parseThreadWait(call, sched);
    expect(wait?.switches).toBe(7);
    expect(parseThreadWait(call.replace('202', '219').replace('0x0', '0x5'), sched)?.place).not.toBe(
      wait?.place,
    );
    expect(parseThreadWait('219 0x7f01 0x189 0x0 0x63 0x0 0xffffffff 0x7ffd10 0x7f99\n', sched)).toEqual(
      wait,
    );
  });

  test.each([
    ['another address', call.replace('0x7f01', '0x7f02')],
    ['another caller', call.replace('0x7ffd10', '0x7ffd20')],
    ['another place in the code', call.replace('0x7f99', '0x7f9a')],
  ])('is another one with %s', (_, other) => {
    expect(parseThreadWait(other, sched)?.place).not.toBe(parseThreadWait(call, sched)?.place);
  });

  test.each([
    ['that runs', 'running\n', sched],
    ['that waits outside of a call', '-1 0x7ffd10 0x7f99\n', sched],
    ['that has ended', null, null],
    ['of a kernel that tells less', call, null],
  ])('is not known of a thread %s', (_, line, more) => {
    expect(parseThreadWait(line, more)).toBeNull();
  });
});

const second = 1_000_000_000n;
const wait = { place: 77n, switches: 7 };

describe('the next look', () => {
  const note: WaitNote = { tid: 1, ...wait, sinceNs: 10n * second };
  const thread = aKernelThread(1, { lastRanMsAgo: 50 });
  const forMs = (notes: readonly WaitNote[], now = wait, atNs = 30n * second): number | null | undefined =>
    withNotedWaits([{ thread, wait: now }], notes, atNs)[0]?.lastRanMsAgo;

  test('goes on counting where a thread has not run since the note was left', () => {
    expect(forMs([note])).toBe(20_000);
  });

  test.each([
    ['has waited anew', [note], { ...wait, switches: 8 }],
    ['waits elsewhere', [note], { ...wait, place: 78n }],
    ['has no note', [{ ...note, tid: 2 }], wait],
  ])('begins anew where a thread %s', (_, notes, now) => {
    expect(forMs(notes, now)).toBe(50);
  });

  test('does not believe a note of the future', () => {
    expect(forMs([note], wait, 9n * second)).toBe(50);
  });

  test('does not count less than the kernel', () => {
    expect(forMs([{ ...note, sinceNs: 30n * second - 1n }])).toBe(50);
  });
});

describe('the notes on a look', () => {
  const before = {
    threads: [1, 2, 3, 4].map((tid) => aKernelThread(tid, { lastRanMsAgo: tid === 3 ? null : 500 })),
    waits: new Map([1, 2, 3].map((tid) => [tid, wait])),
    atNs: 2n * second,
  };

  test('tell how often each will have begun to wait; none of those of which it is not known since when', () => {
    expect(notesOn(before, switchesOfCall(2))).toEqual([
      { tid: 1, place: 77n, switches: 9, sinceNs: 1_500_000_000n },
      { tid: 2, place: 77n, switches: 10, sinceNs: 1_500_000_000n },
    ]);
  });
});

describe('the memory for notes', () => {
  const memoryOf = (bytes: Buffer) => ({
    read: (at: bigint, length: number) => Buffer.from(bytes.subarray(Number(at), Number(at) + length)),
    write: (at: bigint, data: Buffer) => void data.copy(bytes, Number(at)),
  });
  const notes = [1, 2, 3].map((tid): WaitNote => ({ tid, ...wait, place: 2n ** 64n - 1n, sinceNs: 5n }));

  test('gives back what was left there, as much as there was room for', () => {
    const bytes = Buffer.alloc(24 * 4, 0xff);
    const block = { waitNotes: 24n, waitNotesCount: 2 };
    writeWaitNotes(memoryOf(bytes), block, notes);
    expect(readWaitNotes(memoryOf(bytes), block)).toEqual(notes.slice(0, 2));
    expect([bytes.subarray(0, 24), bytes.subarray(72)]).toEqual([
      Buffer.alloc(24, 0xff),
      Buffer.alloc(24, 0xff),
    ]);
  });

  test('fewer notes leave none of the older ones', () => {
    const bytes = Buffer.alloc(24 * 4);
    const block = { waitNotes: 0n, waitNotesCount: 4 };
    writeWaitNotes(memoryOf(bytes), block, notes);
    writeWaitNotes(memoryOf(bytes), block, notes.slice(2));
    expect(readWaitNotes(memoryOf(bytes), block)).toEqual(notes.slice(2));
  });
});
