import type { ControlBlock } from './controlBlock.js';
import type { Memory } from './memory.js';

/** What a thread waited in after a look: `struct sleeper_wait_note` of agent-c/include/sleeper.h. */
export interface WaitNote {
  readonly tid: number;
  /** How often it had begun to wait. */
  readonly switches: number;
  /** A hash of where it waits (`ThreadWait`). */
  readonly place: bigint;
  /** Nanoseconds of CLOCK_MONOTONIC. */
  readonly sinceNs: bigint;
}

const noteSize = 24;

type Notes = Pick<ControlBlock, 'waitNotes' | 'waitNotesCount'>;

/** The notes that the last look has left in the agent's memory; none: there was none. */
export function readWaitNotes(memory: Memory, { waitNotes, waitNotesCount }: Notes): WaitNote[] {
  if (waitNotesCount === 0) return [];
  const bytes = memory.read(waitNotes, waitNotesCount * noteSize);
  const notes: WaitNote[] = [];
  for (let at = 0; at < bytes.length; at += noteSize) {
    const tid = bytes.readUInt32LE(at);
    if (tid === 0) break;
    notes.push({
      tid,
      switches: bytes.readUInt32LE(at + 4),
      place: bytes.readBigUInt64LE(at + 8),
      sinceNs: bytes.readBigUInt64LE(at + 16),
    });
  }
  return notes;
}

/** Leaves notes in place of those of the last look, as many as there is room for. The process may run. */
export function writeWaitNotes(
  memory: Memory,
  { waitNotes, waitNotesCount }: Notes,
  notes: readonly WaitNote[],
): void {
  if (waitNotesCount === 0) return;
  const kept = notes.slice(0, waitNotesCount);
  const bytes = Buffer.alloc(Math.min(kept.length + 1, waitNotesCount) * noteSize);
  for (const [index, { tid, switches, place, sinceNs }] of kept.entries()) {
    const at = index * noteSize;
    bytes.writeUInt32LE(tid, at);
    bytes.writeUInt32LE(switches, at + 4);
    bytes.writeBigUInt64LE(place, at + 8);
    bytes.writeBigUInt64LE(sinceNs, at + 16);
  }
  memory.write(waitNotes, bytes);
}
