import { escapeUntrusted } from '../../render/escape.js';
import { profileDocumentOf } from '../../render/profile/json.js';
import { renderSummary } from '../../render/profile/summary.js';
import { replErrors } from '../../replErrors.js';
import type { Call, ReplContext } from '../context.js';
import type { Outcome } from '../outcome.js';
import type { RecordingWish } from '../recorder.js';
import type { Verb } from '../verb.js';

export const recordUsage: Verb['usage'] = 'record [SECONDS] [HZ] [FILE]';

const usual = { seconds: 5, hz: 10 };
const day = 86_400;
const mostHz = 1000;

function parse(rest: string): RecordingWish {
  // A number must be a word of its own: `record 5 2025.svg` has one.
  const [, seconds, hz, file = ''] =
    /^(?:(\d*\.?\d+)\s?s?(?!\S)\s*)?(?:(\d*\.?\d+)(?:\s?hz)?(?!\S)\s*)?([^]*)$/i.exec(rest) ?? [];
  const wish = {
    seconds: seconds === undefined ? usual.seconds : Number(seconds),
    hz: hz === undefined ? usual.hz : Number(hz),
    file: file === '' ? null : file,
  };
  if (wish.seconds <= 0 || wish.seconds > day)
    throw replErrors.verbUsage('SECONDS must be more than 0, a day at the most.', recordUsage);
  if (wish.hz <= 0 || wish.hz > mostHz)
    throw replErrors.verbUsage(`HZ must be more than 0, ${mostHz} at the most.`, recordUsage);
  return wish;
}

async function record(context: ReplContext, { rest, signal }: Call): Promise<Outcome> {
  const wish = parse(rest);
  const { file } = wish;
  const { profile, recording } = await context.record(wish, signal);
  const result = { kind: 'profile', profile: profileDocumentOf(profile), file, recording } as const;
  if (file === null) return { result, lines: (view) => renderSummary(profile, view).trimEnd().split('\n') };
  const written = [
    `Written to ${file}.`,
    ...(recording === null
      ? []
      : [`Recorded in ${recording}; \`sleeper report ${recording}\` shows it again.`]),
  ];
  return {
    result,
    lines: () => written.map(escapeUntrusted),
    // The summary says them itself.
    notes: profile.meta.warnings.map((warning) => `Warning: ${warning}`),
  };
}

export const recordVerbs: readonly Verb[] = [
  {
    name: 'record',
    usage: recordUsage,
    summary: 'sample the process for 5 seconds, 10 times a second, and show where the time goes',
    more:
      '`record 10 50` samples it for 10 seconds, 50 times a second. `record 10 50 app.svg` makes a flame graph of it; ' +
      'the name of FILE tells the format, as for `sleeper record -o`, and the raw recording is kept beside it, for ' +
      '`sleeper report`. Ctrl-C ends the recording early and shows what there is.',
    run: record,
  },
];
