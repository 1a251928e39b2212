import type { Random } from './random.js';

/** A command of sleeper's that touches a process. */
export interface Poke {
  readonly name: string;
  /** Its arguments; its files go into the directory. */
  args(pid: number, directory: string): string[];
}

const poke = (name: string, ...more: string[]): Poke => {
  const [command = '', ...options] = name.split(' ');
  return { name, args: (pid) => [command, String(pid), ...options, ...more] };
};

const verbs = ['bt', 'p 1+1', 'p sorted(globals())', 'fds', 'pause', 'threads', 'resume'];

const looks: readonly Poke[] = [
  poke('dump', '--fds', '--globals', '--json', '--yes'),
  poke('dump --live', '--json', '--yes'),
  poke('why', '--json', '--yes'),
  poke('repl', '--yes', ...verbs.flatMap((verb) => ['-c', verb])),
  poke('inject'),
];

/** Where a recording tells how long it stopped the process. */
export const recordingFile = (directory: string): string => `${directory}/recording.json`;

const recordings: readonly Poke[] = [[], ['--native'], ['--locals-at', 'deep']].map((more) => ({
  name: ['record', ...more].join(' '),
  args: (pid, directory) => [
    ...[
      'record',
      '--pid',
      String(pid),
      '--rate',
      '200',
      '--max-pause-share',
      '90',
      '--duration',
      '3',
      '--yes',
    ],
    ...['--output', recordingFile(directory), ...more],
  ],
}));

/** A recording as often as all others together: they make the most pokes. */
export function somePoke(random: Random): Poke {
  return random.oneOf(random.chance(0.5) ? recordings : looks);
}
