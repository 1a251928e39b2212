/** For how long the process may be stopped at once, so to speak, before its share counts. Milliseconds. */
const burstOfMs = 200;

/** When the pokes of a recording are due. Times are in milliseconds of one monotonic clock. */
export class PokeSchedule {
  private period = 0;
  /** For how long the process was stopped, less what it may be since. */
  private debtMs = 0;
  private debtAt: number;
  private heldBack = 0;
  /** Turns that passed while an earlier poke was under way, or were left out because of `mostShare`. */
  missed = 0;

  /**
   * @param mostShare of the time in which the process may stand still, 0 to 1: pokes come more slowly rather than beyond
   * @param random 0 to 1, as Math.random
   */
  constructor(
    private readonly startMs: number,
    private readonly periodMs: number,
    private readonly mostShare: number,
    private readonly random: () => number = Math.random,
  ) {
    this.debtAt = startMs;
  }

  /** Were turns left out in order not to stop the process for longer than it may be? */
  get slowedDown(): boolean {
    return this.heldBack > 0;
  }

  /** A poke has been made. */
  took(atMs: number, pauseMs: number): void {
    this.debtMs = this.debt(atMs) + pauseMs;
    this.debtAt = atMs;
  }

  /**
   * The moment of the next poke: anywhere in its period, so that nothing that the process does at fixed intervals is
   * met always, or never. Infinity when the next turn is not before `untilMs`.
   */
  next(nowMs: number, untilMs = Infinity): number {
    for (;;) {
      const begin = this.startMs + this.period * this.periodMs;
      if (begin >= untilMs) return Infinity;
      this.period++;
      const due = Math.max(nowMs, begin + this.random() * this.periodMs);
      const late = begin + this.periodMs <= nowMs;
      const tooMuch = this.debt(due) > this.mostShare * burstOfMs;
      if (!late && !tooMuch) return due;
      this.missed++;
      if (!late) this.heldBack++;
    }
  }

  private debt(atMs: number): number {
    return Math.max(0, this.debtMs - (atMs - this.debtAt) * this.mostShare);
  }
}
