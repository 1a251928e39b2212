import type { RecordProgress } from '../usecases/record.js';
import { cutShort } from '../render/width.js';
import type { Io } from './io.js';

/** A line that tells how a recording goes, in its place on a terminal; nothing elsewhere. */
export interface ProgressLine {
  readonly show: (progress: RecordProgress) => void;
  /** Clears the line. May be called more than once. */
  readonly end: () => void;
}

const everyMs = 250;
const clear = '\r\x1b[K';

function text(pid: number, wantedHz: number, progress: RecordProgress): string {
  const { seconds, samples, missed, meanPauseUs, worstPauseUs, stoppedShare } = progress;
  const rate = wantedHz >= 1 && seconds > 0 ? ` at ${(samples / seconds).toFixed(1)} of ${wantedHz} Hz` : '';
  return [
    `Recording ${pid} for ${seconds.toFixed(0)} s: ${samples} samples${rate}`,
    `${missed} missed`,
    `stopped for ${(meanPauseUs / 1000).toFixed(1)} ms each, ${(worstPauseUs / 1000).toFixed(1)} at worst, ${(stoppedShare * 100).toFixed(1)} % of the time`,
    'Ctrl-C ends it',
  ].join('; ');
}

export function progressLine(io: Io, pid: number, wantedHz: number): ProgressLine {
  if (!io.errorIsTerminal) return { show: () => undefined, end: () => undefined };
  let shownAt = -Infinity;
  return {
    show: (progress) => {
      const now = performance.now();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      io.err(clear + cutShort(text(pid, wantedHz, progress), (io.columns ?? 80) - 1));
    },
    end: () => {
      if (shownAt > -Infinity) io.err(clear);
      shownAt = -Infinity;
    },
  };
}
