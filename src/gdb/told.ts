import { text, type MiAsyncRecord } from './miRecord.js';
import { aimCommand, type PreservedCall } from './preservedCall.js';

/** What gdb has been told that stays so: it is not told twice, for most of it would be while the target stands still. */
export class Told {
  /** gdb's number of the thread that it speaks of; null: not known. */
  private thread: string | null = null;
  /** The command by which it was told where the call goes. */
  private aim: string | null = null;

  /** A stop: gdb selects the thread that it tells of. */
  stopped(record: MiAsyncRecord): void {
    this.thread = text(record.results, 'thread-id');
  }

  /** @param number gdb's own of the thread; null: not known, as after a command of a person's, or one that has failed */
  selected(number: string | null): void {
    this.thread = number;
  }

  /** The commands that select a thread, by gdb's number: none if it is. */
  selectCommands(number: string): string[] {
    if (number === this.thread) return [];
    this.thread = number;
    return [`-thread-select ${number}`];
  }

  /** Was it told of this call? */
  knows(call: PreservedCall): boolean {
    return this.aim === aimCommand(call);
  }

  /** It was. */
  aimed(call: PreservedCall): void {
    this.aim = aimCommand(call);
  }
}
