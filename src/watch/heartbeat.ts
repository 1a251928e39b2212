/** A file that a program touches as long as all is well. */
export class Heartbeat {
  private stamp: number | null = null;
  private seenAtMs: number | null = null;
  private silence = 0;

  /** @param mostGapMs more time than this between two looks does not count: this machine, or this program, was asleep */
  constructor(private readonly mostGapMs: number) {}

  /**
   * @param stamp when the file was changed, by whatever clock; null: it is not there
   * @param atMs by a clock that goes on steadily; that of files may be set
   */
  see(stamp: number | null, atMs: number): void {
    const gapMs = atMs - (this.seenAtMs ?? atMs);
    this.silence = stamp === this.stamp ? this.silence + Math.min(gapMs, this.mostGapMs) : 0;
    this.stamp = stamp;
    this.seenAtMs = atMs;
  }

  /** For how long it has not been touched, while it was looked at. */
  get silentMs(): number {
    return this.silence;
  }
}
