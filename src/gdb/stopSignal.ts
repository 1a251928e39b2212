import { existsSync } from 'node:fs';

/** The SIGSTOPs that are sent to a process for gdb to see: one that nobody has seen would stop it for good. */
export class StopSignal {
  private pid = 0;
  /** The kernel may still hold one for the process. */
  private pending = false;

  /** The process that the others speak of. */
  aimAt(pid: number): void {
    this.pid = pid;
  }

  /** @param tid the thread that shall stop first: the kernel prefers the one that a signal was sent to */
  send(tid = this.pid): void {
    this.pending = true;
    // A thread that has ended has no number any more, and somebody else may be given it.
    this.signal('SIGSTOP', existsSync(`/proc/${this.pid}/task/${tid}`) ? tid : this.pid);
  }

  /** gdb has told of the stop. */
  seen(): void {
    this.pending = false;
  }

  /** gdb has died: one of its own may have stayed behind. */
  gdbDied(): void {
    this.pending ||= this.pid !== 0;
  }

  /** Nobody traces the process any more: it is to run, whatever the kernel still holds. */
  settle(): void {
    if (!this.pending) return;
    this.pending = false;
    this.signal('SIGCONT', this.pid);
  }

  private signal(signal: 'SIGSTOP' | 'SIGCONT', tid: number): void {
    // The thread may have ended just now. If the process has, too, or we may not, it is not stopped by us either.
    for (const each of new Set([tid, this.pid])) {
      try {
        process.kill(each, signal);
        return;
      } catch {
        continue;
      }
    }
  }
}
