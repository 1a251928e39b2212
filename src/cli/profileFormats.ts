import { InvalidArgumentError } from 'commander';
import type { Profile } from '../profile/profile.js';

/** How a profile can be shown. */
export interface ProfileFormat {
  /** As the option -f has it. */
  readonly name: string;
  /** What py-spy and others call it. */
  readonly aliases: readonly string[];
  /** Ends of file names that mean this format. */
  readonly extensions: readonly string[];
  readonly what: string;
  /** Not made for a terminal. */
  readonly binary?: true;
  readonly render: (profile: Profile, view: TextView) => Promise<string | Uint8Array>;
}

/** What text is made for. */
export interface TextView {
  readonly colour: boolean;
  /** Columns; Infinity: nothing is cut. */
  readonly width: number;
}

/** In the order of the help. The renderers are loaded when they are needed. */
export const profileFormats: readonly ProfileFormat[] = [
  {
    name: 'text',
    aliases: ['summary'],
    extensions: ['.txt'],
    what: 'where the time goes, as text',
    render: async (profile, view) =>
      (await import('../render/profile/summary.js')).renderSummary(profile, view),
  },
  {
    name: 'flamegraph',
    aliases: ['svg'],
    extensions: ['.svg'],
    what: 'a flame graph, SVG',
    render: async (profile) =>
      (await import('../render/flamegraph/renderFlamegraph.js')).renderFlamegraph(profile),
  },
  {
    name: 'html',
    aliases: [],
    extensions: ['.html', '.htm'],
    what: 'a page with timeline, left-heavy and sandwich views',
    render: async (profile) => (await import('../render/html/renderHtml.js')).renderHtml(profile),
  },
  {
    name: 'speedscope',
    aliases: [],
    extensions: ['.speedscope.json', '.speedscope'],
    what: 'for speedscope',
    render: async (profile) => (await import('../render/profile/speedscope.js')).renderSpeedscope(profile),
  },
  {
    name: 'folded',
    aliases: ['raw', 'collapsed'],
    extensions: ['.folded', '.collapsed'],
    what: 'a line for each stack, for flamegraph.pl and the like',
    render: async (profile) => (await import('../render/profile/folded.js')).renderFolded(profile),
  },
  {
    name: 'pprof',
    aliases: [],
    extensions: ['.pb.gz', '.pprof'],
    what: 'for `go tool pprof`',
    binary: true,
    render: async (profile) => (await import('../render/profile/pprof.js')).renderPprof(profile),
  },
  {
    name: 'chrometrace',
    aliases: ['chrome'],
    extensions: ['.trace.json', '.trace'],
    what: 'for Perfetto and chrome://tracing',
    render: async (profile) => (await import('../render/profile/chromeTrace.js')).renderChromeTrace(profile),
  },
  {
    name: 'json',
    aliases: [],
    extensions: ['.json'],
    what: "sleeper's own JSON; docs/schema/profile.json",
    render: async (profile) => (await import('../render/profile/json.js')).renderProfileJson(profile),
  },
];

/** For commander: a format by its name. */
export function formatNamed(name: string): ProfileFormat {
  const format = profileFormats.find((one) => one.name === name || one.aliases.includes(name));
  if (format === undefined) {
    throw new InvalidArgumentError(`There are ${profileFormats.map((one) => one.name).join(', ')}.`);
  }
  return format;
}

/** The format that the end of a file's name means; null: none. The longest end counts. */
export function formatOfFile(path: string): ProfileFormat | null {
  const fitting = profileFormats.flatMap((format) =>
    format.extensions.filter((end) => path.endsWith(end)).map((end) => ({ format, length: end.length })),
  );
  return fitting.sort((a, b) => b.length - a.length)[0]?.format ?? null;
}
