/** A file that a program touches as long as all is well. */
export class Heartbeat {
  private stamp: number | null = null;
  private sinceMs: number | null = null;
  private nowMs = 0;

  /**
   * @param stamp when the file was changed, by whatever clock; null: it is not there
   * @param atMs by a clock that goes on steadily; that of files may be set
   */
  see(stamp: number | null, atMs: number): void {
    if (this.sinceMs === null || stamp !== this.stamp) this.sinceMs = atMs;
    this.stamp = stamp;
    this.nowMs = atMs;
  }

  /** For how long it has not been touched. */
  get silentMs(): number {
    return this.nowMs - (this.sinceMs ?? this.nowMs);
  }
}
