/**
 * What a dump costs the person and the target, beside py-spy and gdb's py-bt.
 *
 * The tools take turns on the same process, so that whatever else the machine does hits all alike. Prints a
 * table in Markdown: medians, ranges, and the ratio of the medians to sleeper's.
 */
import { cpus } from 'node:os';
import { execFileSync } from 'node:child_process';
import { anyPython } from '../test/support/pythons.js';
import type { Choice } from './choice.js';
import { BenchTarget, measure, type Measurement } from './measure.js';
import { scenarios } from './scenarios.js';
import { tableOf, type Columns } from './table.js';
import { tools } from './tools.js';

const columns: Columns<Measurement> = [
  ['wall, ms', ({ wallMs }) => wallMs],
  ['CPU, ms', ({ cpuMs }) => cpuMs],
  ['longest pause of the target, ms', ({ pauseMs }) => pauseMs],
];

export async function benchDump({ rounds = 9, python = anyPython().executable }: Choice): Promise<void> {
  const version = execFileSync(python, ['-c', 'import platform; print(platform.python_version())'], {
    encoding: 'utf8',
  });
  const gdb = execFileSync('gdb', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  process.stdout.write(
    `CPython ${version.trim()}, ${gdb}, Node ${process.version}, ${String(cpus().length)} CPUs; ` +
      `${String(rounds)} rounds; median (lowest to highest), and the ratio of the medians to sleeper's.\n`,
  );

  const candidates = tools(python);
  for (const scenario of scenarios()) {
    const target = await BenchTarget.start(python, scenario);
    const measured = new Map<string, Measurement[]>(candidates.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const tool of candidates) {
        process.stderr.write(
          `\r\x1b[K${scenario.name}: round ${String(round + 1)} of ${String(rounds)}: ${tool.name}`,
        );
        const measurement = await measure(tool, target);
        if (measurement !== null) measured.get(tool.name)?.push(measurement);
      }
    }
    process.stderr.write('\r\x1b[K');
    target.end();
    process.stdout.write(`\n### ${scenario.name}\n\n${tableOf(measured, columns)}`);
  }
}
