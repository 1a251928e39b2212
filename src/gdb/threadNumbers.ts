import type { Answer } from './connection.js';
import { inConsole } from './miRecord.js';
import type { Told } from './told.js';

/** The first gdb that is known to number threads backwards; 13 does not. */
const firstBackwards = 16;

/**
 * The threads of a process in the order in which gdb probably numbers them when it attaches: the main one first.
 * @param listed their kernel ids as the kernel lists them
 * @param gdbMajor the major version of gdb
 */
export function asNumbered(listed: readonly number[], gdbMajor: number): readonly number[] {
  return gdbMajor < firstBackwards ? listed : [...listed.slice(0, 1), ...listed.slice(1).reverse()];
}

/** gdb numbers the threads of a process in its own way. */
export class ThreadNumbers {
  private readonly known = new Map<number, string>();
  private readonly guessed: ReadonlyMap<number, string>;

  /**
   * @param pid of the process
   * @param numbered its threads as gdb has probably numbered them, from 1
   * @param told is kept true to what gdb has selected
   * @param ask has gdb do something
   */
  constructor(
    private readonly pid: number,
    numbered: readonly number[],
    private readonly told: Told,
    private readonly ask: (command: string) => Promise<Answer>,
  ) {
    this.guessed = new Map(numbered.map((tid, index) => [tid, String(index + 1)]));
  }

  /** @param tid the kernel's id; undefined: gdb has no thread with it. It may be selected afterwards. */
  async find(tid: number): Promise<string | undefined> {
    if (this.of(tid) === undefined && !(await this.isAsGuessed(tid))) await this.look(`LWP ${tid}`);
    return this.of(tid);
  }

  /**
   * To select a thread and see which one it is takes a third of the time of searching, with many threads a tenth. Wrong
   * where threads have ended since they were listed.
   */
  private async isAsGuessed(tid: number): Promise<boolean> {
    const number = this.guessed.get(tid);
    if (number === undefined) return false;
    const { console: printed } = await this.ask(inConsole(`thread ${number}`));
    // gdb 18 tells so of the thread that it stopped at, too.
    const telling = new RegExp(`^\\[Switching to thread ${number} \\(.*\\bLWP (\\d+)\\b`, 'm');
    const [, selected] = telling.exec(printed) ?? [];
    this.told.selected(selected === undefined ? null : number);
    if (Number(selected) === tid) this.known.set(tid, number);
    return this.known.has(tid);
  }

  /** Those that gdb has, of several. */
  async findAll(tids: readonly number[]): Promise<string[]> {
    const [unknown, ...more] = tids.filter((tid) => this.of(tid) === undefined);
    // gdb goes through all threads whichever it is asked for, and takes a millisecond to be asked.
    if (more.length > 0) await this.look('LWP');
    else if (unknown !== undefined) await this.find(unknown);
    return tids.flatMap((tid) => this.of(tid) ?? []);
  }

  /** Learns the numbers of all threads that fit a pattern. */
  private async look(pattern: string): Promise<void> {
    const { console: printed } = await this.ask(inConsole(`thread find ${pattern}`));
    // The pattern also fits longer ids, and threads that are named so.
    for (const [, number = '', tid] of printed.matchAll(
      /^Thread ([\d.]+) has target id '[^']*\bLWP (\d+)\b[^']*'/gm,
    ))
      this.known.set(Number(tid), number);
  }

  private of(tid: number): string | undefined {
    return tid === this.pid ? '1' : this.known.get(tid);
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
