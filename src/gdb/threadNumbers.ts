import type { Answer } from './connection.js';
import { inConsole } from './miRecord.js';

/** gdb numbers the threads of a process in its own way. */
export class ThreadNumbers {
  private readonly known = new Map<number, string>();

  /**
   * @param pid of the process
   * @param ask has gdb do something
   */
  constructor(
    private readonly pid: number,
    private readonly ask: (command: string) => Promise<Answer>,
  ) {}

  /** @param tid the kernel's id; undefined: gdb has no thread with it */
  async find(tid: number): Promise<string | undefined> {
    const known = tid === this.pid ? '1' : this.known.get(tid);
    if (known !== undefined) return known;
    const { console: printed } = await this.ask(inConsole(`thread find LWP ${tid}`));
    // The pattern also fits longer ids, and threads that are named so.
    const found = new RegExp(`^Thread ([\\d.]+) has target id '[^']*\\bLWP ${tid}\\b[^']*'`, 'm').exec(
      printed,
    )?.[1];
    if (found !== undefined) this.known.set(tid, found);
    return found;
  }

  /** Those that gdb has, of several. */
  async findAll(tids: readonly number[]): Promise<string[]> {
    const found: string[] = [];
    for (const tid of tids) {
      const number = await this.find(tid);
      if (number !== undefined) found.push(number);
    }
    return found;
  }

  /** As far as they are known already. */
  get(tid: number): string | undefined {
    return this.known.get(tid);
  }

  /** Takes what gdb told of threads; others of these ids have ended, and the kernel may give their ids to others. */
  learn(asked: readonly number[], told: readonly { readonly tid: number; readonly number: string }[]): void {
    for (const tid of asked) this.known.delete(tid);
    for (const { tid, number } of told) this.known.set(tid, number);
  }
}
