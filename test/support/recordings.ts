import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { Profile, ProfileFrame, ProfileSpan } from '../../src/profile/profile.js';
import type { RecordingTail } from '../../src/profile/recordingFile.js';
import { readRecording } from '../../src/profile/readRecording.js';
import { createRecordingFile } from '../../src/profile/recordingSink.js';
import { record, type RecordOptions } from '../../src/usecases/record.js';

let directory: string | null = null;
afterAll(() => {
  if (directory !== null) rmSync(directory, { recursive: true });
});

/** A path that nothing has, removed after the tests. */
export function newRecordingPath(): string {
  directory ??= mkdtempSync(join(tmpdir(), 'sleeper-recordings-'));
  return join(directory, `${randomBytes(6).toString('hex')}.sleeper`);
}

export interface Recorded {
  readonly tail: RecordingTail;
  readonly profile: Profile;
  readonly path: string;
}

/** Records a process as `sleeper record` does, without limits of the time or of the pauses, and reads the file. */
export async function recordProcess(pid: number, options: Partial<RecordOptions>): Promise<Recorded> {
  const path = newRecordingPath();
  const never = new AbortController().signal;
  const tail = await record(pid, {
    ...{ hz: 50, durationMs: null, bytes: 4 << 20, mostPauseShare: 1 },
    open: () => createRecordingFile(path),
    stop: never,
    signal: never,
    beforeInjection: () => Promise.resolve(),
    log: () => undefined,
    onProgress: () => undefined,
    sleeperVersion: '0.1.0',
    ...options,
  });
  return { tail, profile: await readRecording(path), path };
}

/** Records until so many samples were taken. */
export function recordSamples(
  pid: number,
  samples: number,
  options: Partial<RecordOptions> = {},
): Promise<Recorded> {
  const stop = new AbortController();
  return recordProcess(pid, {
    ...options,
    stop: stop.signal,
    onProgress: (progress) => {
      options.onProgress?.(progress);
      if (progress.samples >= samples) stop.abort();
    },
  });
}

/** The stack of a span, outermost first. */
export function stackOf({ nodes, frames }: Profile, { node }: Pick<ProfileSpan, 'node'>): ProfileFrame[] {
  const stack: ProfileFrame[] = [];
  for (let at = node; at >= 0; at = nodes[at]!.parent) stack.push(frames[nodes[at]!.frame]!);
  return stack.reverse();
}

/** The span of each sample of a thread, one after the other. */
export function samplesOf(profile: Profile, thread: number): ProfileSpan[] {
  return profile.spans
    .filter((span) => span.thread === thread)
    .flatMap((span) => Array.from({ length: span.samples }, () => span));
}
