import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { anyPython, findPythons } from '../test/support/pythons.js';
import { readRecording } from '../src/profile/readRecording.js';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What a sampler found of the thread that works. */
export interface Found {
  readonly samples: number;
  /** Of them in `heavy`; null: it does not look. */
  readonly heavy: number | null;
}

/** A command that samples a running process until SIGINT. */
export interface Sampler {
  readonly name: string;
  /** The interpreter that it is tried on. */
  readonly python: string;
  command(pid: number, hz: number, output: string): [string, ...string[]];
  /** Has it taken its first sample? True where that cannot be seen. */
  begun(output: string): boolean;
  found(output: string): Promise<Found>;
}

function foundIn(stacks: readonly (readonly [functions: readonly string[], samples: number])[]): Found {
  let [samples, heavy] = [0, 0];
  for (const [functions, count] of stacks) {
    if (!functions.some((name) => name === 'heavy' || name === 'light' || name === 'main')) continue;
    samples += count;
    if (functions.includes('heavy')) heavy += count;
  }
  return { samples, heavy };
}

/** "thread;function (file:line);... COUNT"; austin counts microseconds instead, one sample a line. */
function foldedStacks(text: string, countOf: (last: string) => number): [string[], number][] {
  return text.split('\n').flatMap((line): [string[], number][] => {
    const [, stack = '', count] = /^(.*) (\d+)$/.exec(line) ?? [];
    if (count === undefined) return [];
    return [[stack.split(';').map((frame) => frame.replace(/ \(.*$/, '')), countOf(count)]];
  });
}

const sleeperRecording = (output: string): string => `${output}.sleeper`;

function sleeper(python: string, ...options: string[]): Sampler {
  return {
    name: ['sleeper record', ...options].join(' '),
    python,
    command: (pid, hz, output) => [
      ...([fromRoot('bin/sleeper'), 'record', '-p', String(pid), '-r', String(hz)] as const),
      ...['--max-pause-share', '100', '-o', `${output}.folded`, ...options],
    ],
    begun: (output) =>
      existsSync(sleeperRecording(output)) &&
      readFileSync(sleeperRecording(output), 'utf8').includes('\n["sample"'),
    found: async (output) => {
      const { spans, nodes, frames } = await readRecording(sleeperRecording(output));
      return foundIn(
        spans.map(({ node, samples }) => {
          const functions: string[] = [];
          for (let at = nodes[node]; at !== undefined; at = nodes[at.parent])
            functions.push(frames[at.frame]?.function ?? '');
          return [functions, samples];
        }),
      );
    },
  };
}

/** What is left of a recording if sleeper itself did nothing. */
function gdbAlone(python: string): Sampler {
  return {
    name: 'gdb alone: stop, go on',
    python,
    command: (pid, hz, output) => [
      'python3',
      fromRoot('bench/gdbAlone.py'),
      ...[String(pid), String(hz), output],
    ],
    begun: () => true,
    found: (output) => Promise.resolve({ samples: Number(readFileSync(output, 'utf8')), heavy: null }),
  };
}

function pySpy(python: string): Sampler[] {
  let path: string;
  try {
    path = execFileSync(fromRoot('test/peers/fetch'), { encoding: 'utf8' }).trim();
  } catch {
    process.stderr.write('bench: py-spy is left out: test/peers/fetch could not get it\n');
    return [];
  }
  const withOptions = (...options: string[]): Sampler => ({
    name: ['py-spy record', ...options].join(' '),
    python,
    command: (pid, hz, output) => [
      ...([path, 'record', '--pid', String(pid), '--rate', String(hz), '--idle', '--threads'] as const),
      ...['--format', 'raw', '--output', output, ...options],
    ],
    begun: () => true,
    found: (output) => Promise.resolve(foundIn(foldedStacks(readFileSync(output, 'utf8'), Number))),
  });
  return [withOptions(), withOptions('--nonblocking'), withOptions('--native')];
}

/** Debian's austin (1.0) knows Python up to 3.8. */
function austin(): Sampler[] {
  const old = findPythons().find(({ short }) => short === 0x0308 || short === 0x0307);
  try {
    execFileSync('austin', ['--version'], { stdio: 'ignore' });
  } catch {
    process.stderr.write('bench: austin is left out: it is not installed\n');
    return [];
  }
  if (old === undefined) {
    process.stderr.write(
      'bench: austin is left out: there is no Python 3.7 or 3.8, the newest that it knows\n',
    );
    return [];
  }
  return [
    {
      name: `austin (on ${old.version})`,
      python: old.executable,
      command: (pid, hz, output) => [
        'austin',
        ...['--pid', String(pid), '--interval', String(Math.round(1e6 / hz)), '--output', output],
      ],
      begun: () => true,
      found: (output) => Promise.resolve(foundIn(foldedStacks(readFileSync(output, 'utf8'), () => 1))),
    },
  ];
}

/** sleeper first: the others are compared with it. */
export function samplers(python: string = anyPython().executable): Sampler[] {
  return [sleeper(python), sleeper(python, '--native'), gdbAlone(python), ...pySpy(python), ...austin()];
}
