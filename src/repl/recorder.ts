import type { Profile } from '../profile/profile.js';

/** What is to be recorded. */
export interface RecordingWish {
  readonly seconds: number;
  readonly hz: number;
  /** Where the profile is to be written, in the format that the name means. Null: nowhere. */
  readonly file: string | null;
}

export interface Recorded {
  readonly profile: Profile;
  /** Where the raw recording is kept; null unless the profile was written to a file, too. */
  readonly recording: string | null;
}

/**
 * How the REPL samples the process; src/cli/replRecorder.ts has the real one. When `stop` is aborted the recording
 * ends early, and there is what was recorded until then.
 * @throws SleeperError; the reason of `stop`, where it came before there was anything
 */
export type Recorder = (wish: RecordingWish, stop: AbortSignal) => Promise<Recorded>;
