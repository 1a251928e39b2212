import { inConsole } from './miRecord.js';

/** An errand (agent-c/errand) as it is handed to gdb. */
export interface SentErrand {
  /** The thread that is to go, by its kernel id. */
  readonly tid: number;
  /** Where in the target the bytes go. */
  readonly at: bigint;
  /** At most 1,900: gdb reads lines of up to 4,095 characters. */
  readonly bytes: Buffer;
  readonly entry: bigint;
}

/** The commands that write an errand into the stopped process, and make the selected thread begin it. */
export function errandCommands({ at, bytes, entry }: SentErrand): string[] {
  const [place, start] = [at, entry].map((address) => `0x${address.toString(16)}`);
  return [
    `-data-write-memory-bytes ${place} ${bytes.toString('hex')}`,
    inConsole(`sleeper-send ${place} ${start}`),
  ];
}
