import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { recordingErrors } from '../recordingErrors.js';
import type { Profile } from './profile.js';
import { ProfileBuilder } from './profileBuilder.js';
import {
  recordingHead,
  recordingLine,
  recordingTail,
  type RecordingHead,
  type RecordingTail,
} from './recordingFile.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};

/** The lines of a file, of which the last may lack its end. */
async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw recordingErrors.unreadable(path, reasons[code] ?? message);
  }
}

/** Reads one recording, also one that is still being made or that was cut off. */
class Reading {
  private readonly builder = new ProfileBuilder();
  private head: RecordingHead | null = null;
  private tail: RecordingTail | null = null;
  private number = 0;
  /** What is wrong with the line before: if another one follows, it was not merely cut off. */
  private broken: string | null = null;

  constructor(private readonly path: string) {}

  line(text: string): void {
    if (this.broken !== null) throw recordingErrors.corrupt(this.path, this.number, this.broken);
    this.number++;
    try {
      this.parsed(JSON.parse(text));
    } catch (error) {
      this.broken = (error as Error).message;
      if (this.head === null) throw recordingErrors.notARecording(this.path);
    }
  }

  profile(): Profile {
    if (this.head === null) throw recordingErrors.notARecording(this.path);
    return this.builder.profile(this.head, this.tail);
  }

  private parsed(json: unknown): void {
    if (this.head === null) {
      this.head = recordingHead.parse(json);
      return;
    }
    if (this.tail !== null) throw new RangeError('it goes on behind its end');
    if (!Array.isArray(json)) {
      this.tail = recordingTail.parse(json);
      return;
    }
    const line = recordingLine.safeParse(json);
    if (!line.success) throw new RangeError('it is none of the lines that a recording has');
    this.builder.add(line.data);
  }
}

/**
 * Reads a recording (see recordingFile.ts). A last line that is cut off is left out, as everything else that was not
 * written any more.
 * @throws SleeperError recording-unreadable, not-a-recording, recording-corrupt
 */
export async function readRecording(path: string): Promise<Profile> {
  const reading = new Reading(path);
  for await (const line of linesOf(path)) reading.line(line);
  return reading.profile();
}
