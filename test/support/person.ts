import { spawn as spawnPty } from 'node-pty';
import stripAnsi from 'strip-ansi';
import { sleeper } from './target.js';
import { until } from './until.js';

/** `sleeper repl` on a terminal. */
export class Person {
  private out = '';
  /** Where the next answer begins. */
  private seen = 0;
  private over = false;
  private readonly ended: Promise<number>;
  private readonly terminal;

  constructor(
    private readonly pid: string,
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ) {
    this.terminal = spawnPty(sleeper, ['repl', pid, ...args], {
      cols: 100,
      rows: 50,
      name: 'xterm-256color',
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '', PAGER: '', ...env },
    });
    this.terminal.onData((text) => (this.out += text));
    this.ended = new Promise((resolve) =>
      this.terminal.onExit(({ exitCode }) => {
        this.over = true;
        resolve(exitCode);
      }),
    );
  }

  /** All that was shown, without what moves the cursor. */
  get shown(): string {
    return stripAnsi(this.out).replaceAll('\r', '');
  }

  /** Waits for text behind what has been waited for; gives what stands in front of it. */
  async sees(wanted: RegExp | string): Promise<string> {
    const pattern = typeof wanted === 'string' ? new RegExp(quoted(wanted)) : wanted;
    await until(() => pattern.test(this.shown.slice(this.seen))).catch((cause: unknown) => {
      throw new Error(`never seen: ${String(pattern)}; but:\n${this.shown}`, { cause });
    });
    const rest = this.shown.slice(this.seen);
    const found = pattern.exec(rest)!;
    this.seen += found.index + found[0].length;
    return rest.slice(0, found.index);
  }

  prompt(state = ''): Promise<string> {
    return this.sees(`(sleeper ${this.pid}${state}) `);
  }

  /** Types a line; gives what is answered, up to the next prompt. */
  async says(line: string, state = ''): Promise<string> {
    // The echo of what is typed is drawn by the line editor; all of it is in front of the line's end.
    this.terminal.write(`${line}\r`);
    await this.sees('\n');
    return this.prompt(state);
  }

  type(keys: string): void {
    this.terminal.write(keys);
  }

  /** Closes the terminal, if it is still there, and waits for the end. */
  async leave(): Promise<void> {
    if (!this.over) this.hangUp();
    await this.ended;
  }

  hangUp(): void {
    this.terminal.kill('SIGHUP');
  }

  get process(): number {
    return this.terminal.pid;
  }

  get exitCode(): Promise<number> {
    return this.ended;
  }
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
