import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { anyPython } from '../test/support/pythons.js';
import type { Choice } from './choice.js';
import { measureRecord, type RecordMeasurement } from './measureRecord.js';
import { samplers } from './samplers.js';
import { tableOf, type Columns } from './table.js';

const columns: Columns<RecordMeasurement> = [
  ['slowdown of the target, %', ({ slowdown }) => slowdown],
  ['samples a second', ({ rate }) => rate],
  ['off the known split, percentage points', ({ error }) => error],
  ['CPU of the sampler, %', ({ cpu }) => cpu],
  ['pause, ms', ({ pauseMs }) => pauseMs],
];

/**
 * What a recording costs the target and the machine, and how right it is, beside py-spy and austin.
 *
 * The samplers take turns, each on a target of its own, which knows how long it was in which function and how much work
 * it did; before and after the sampler is at it it works alone. Prints a table in Markdown for each number of threads
 * and each rate.
 */
export async function benchRecord(
  { rounds, python = anyPython().executable }: Choice,
  quick: boolean,
): Promise<void> {
  const times = rounds ?? (quick ? 1 : 5);
  const stretchMs = quick ? 1000 : 4000;
  const gdb = execFileSync('gdb', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  const version = execFileSync(python, ['-c', 'import platform; print(platform.python_version())'], {
    encoding: 'utf8',
  });
  process.stdout.write(
    `CPython ${version.trim()}, ${gdb}, Node ${process.version}, ${String(cpus().length)} CPUs; ` +
      `${String(times)} rounds of ${String(stretchMs / 1000)} s; median (lowest to highest), and the ratio of the ` +
      "medians to sleeper's. py-spy and sleeper look at all threads, also at idle ones.\n",
  );
  const candidates = samplers(python);
  for (const threads of quick ? [1, 64] : [1, 8, 64, 200]) {
    for (const hz of [10, 100]) {
      const measured = new Map<string, RecordMeasurement[]>(candidates.map(({ name }) => [name, []]));
      for (let round = 0; round < times; round++) {
        for (const sampler of candidates) {
          process.stderr.write(
            `\r\x1b[K${String(threads)} threads, ${String(hz)} Hz: round ${String(round + 1)} of ${String(times)}: ${sampler.name}`,
          );
          const measurement = await measureRecord(sampler, { threads, hz, stretchMs });
          if (measurement !== null) measured.get(sampler.name)?.push(measurement);
        }
      }
      process.stderr.write('\r\x1b[K');
      const heading = `${String(threads)} thread${threads === 1 ? '' : 's'}, ${String(hz)} Hz`;
      process.stdout.write(`\n### ${heading}\n\n${tableOf(measured, columns)}`);
    }
  }
}
