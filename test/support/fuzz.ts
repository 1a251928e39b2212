import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Inputs that each test tries, unless it is to go on for a while: test/fuzz sets that, and another seed. */
const rounds = 400;
const seconds = Number(process.env['SLEEPER_FUZZ_SECONDS'] ?? 0);
const firstSeed = Number(process.env['SLEEPER_FUZZ_SEED'] ?? 1);
/** Longer than anything takes, on a machine that is very busy. */
const longestMs = 10_000;

type Random = (below: number) => number;

/** Whole numbers below a limit; the same for the same seed. (xorshift) */
function randomNumbers(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}

const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const words = [
  '',
  '-1',
  '0',
  '0x',
  '18446744073709551615',
  '99999999999999999999999',
  'NaN',
  ' ',
  '\n',
  '\0',
  '/',
  '\\',
];

/** A copy with one damage; `hot` bytes at the beginning, where headers are, get half of them. */
function damaged(data: Buffer, random: Random, hot: number): Buffer {
  const at = random(random(2) === 0 ? Math.min(hot, data.length) : data.length);
  const end = Math.min(data.length, at + 1 + random(16));
  switch (random(8)) {
    case 0:
      return replaced(data, at, at + 1, Buffer.from([(data[at] ?? 0) ^ (1 << random(8))]));
    case 1:
      return replaced(data, at, at + 1, Buffer.from([random(256)]));
    case 2: {
      const number = Buffer.alloc(8, random(2) === 0 ? 0 : 0xff);
      number.writeUInt32LE(extremes[random(extremes.length)] ?? 0);
      const bytes = [1, 2, 4, 8][random(4)] ?? 1;
      return replaced(data, at, Math.min(data.length, at + bytes), number.subarray(0, bytes));
    }
    case 3:
      return replaced(data, at, end, Buffer.alloc(0));
    case 4:
      return replaced(data, end, end, data.subarray(at, end));
    case 5:
      return data.subarray(0, at);
    case 6:
      return replaced(data, at, end, Buffer.from(words[random(words.length)] ?? ''));
    default:
      return replaced(data, at, at, data.subarray(random(data.length), random(data.length)));
  }
}

function replaced(data: Buffer, start: number, end: number, by: Buffer): Buffer {
  return Buffer.concat([data.subarray(0, start), by, data.subarray(end)]);
}

/**
 * Gives damaged copies of samples to `subject`, again and again, the same ones in each run. Fails when it throws, or
 * takes long; the input is then in a file that the message names.
 * @param hot how many bytes at the beginning are damaged most
 */
export async function fuzz(
  samples: readonly Buffer[],
  subject: (data: Buffer) => unknown,
  hot = 4096,
): Promise<void> {
  const until = performance.now() + seconds * 1000;
  for (let round = 0; round < rounds || performance.now() < until; round++) {
    const random = randomNumbers(firstSeed * 1_000_003 + round);
    let data = samples[random(samples.length)] ?? Buffer.alloc(0);
    for (let damages = 1 + random(6); damages > 0; damages--) data = damaged(data, random, hot);
    const started = performance.now();
    try {
      await subject(data);
      const tookMs = performance.now() - started;
      if (tookMs > longestMs) throw new Error(`it took ${tookMs} ms`);
    } catch (error) {
      const path = join(tmpdir(), `sleeper-fuzz-${firstSeed}-${round}`);
      writeFileSync(path, data);
      throw new Error(`with the input in ${path}`, { cause: error });
    }
  }
}

/** Runs something that may fail in its own way, whichever realm the error is from: any other is thrown. */
export function allowing(names: readonly string[], work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!names.includes((error as Error).name)) throw error;
  }
}
