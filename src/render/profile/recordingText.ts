import type { RecordingMeta } from '../../profile/profile.js';
import { escapeUntrusted } from '../escape.js';
import { commandLine } from '../header.js';
import { count, duration, plural } from '../units.js';

/** `0.1234` -> `"12.3%"`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

const endings: Readonly<Record<NonNullable<RecordingMeta['end']> | 'null', string>> = {
  duration: '',
  interrupted: ', until interrupted',
  exited: ', until the process exited',
  failed: ', until sleeper failed',
  null: ', which did not end in an orderly way',
};

/** How a recording was made, in words: safe to print, each text on one line. */
export interface RecordingText {
  readonly process: string;
  readonly recorded: readonly string[];
  readonly sampling: readonly string[];
  readonly warnings: readonly string[];
}

export function recordingText(meta: RecordingMeta): RecordingText {
  const { process, python } = meta;
  const command = process.argv.length > 0 ? commandLine(process.argv) : escapeUntrusted(process.command);
  return {
    process: `Process ${process.pid}: ${command}`,
    recorded: [
      `${escapeUntrusted(python.implementation)} ${escapeUntrusted(python.version)}`,
      `user ${escapeUntrusted(process.user)}`,
      ...(process.workingDirectory === null ? [] : [`in ${escapeUntrusted(process.workingDirectory)}`]),
      `from ${meta.startedAt}`,
      `for ${duration(meta.wallSeconds * 1000)}${endings[meta.end ?? 'null']}`,
    ],
    sampling: [
      `${plural(meta.samples, 'sample')} at ${meta.achievedHz.toFixed(1)} of ${meta.wantedHz} Hz`,
      `${count(meta.missed)} missed`,
      ...(meta.dropped === 0 ? [] : [`${count(meta.dropped)} dropped`]),
      `stopped for ${duration(meta.meanPauseUs / 1000)} a sample`,
      `${duration(meta.worstPauseUs / 1000)} at worst`,
      `${percent(meta.stoppedShare)} of the time`,
    ],
    warnings: meta.warnings.map(escapeUntrusted),
  };
}

/** The same as lines, for formats that have room for notes. */
export function recordingNotes(meta: RecordingMeta): string[] {
  const { process, recorded, sampling, warnings } = recordingText(meta);
  return [
    process,
    recorded.join(', '),
    sampling.join(', '),
    ...warnings.map((warning) => `Warning: ${warning}`),
    `Recorded by sleeper ${escapeUntrusted(meta.sleeperVersion)}`,
  ];
}
