/**
 * `npm run storm -- [--minutes M] [--python V]... [--seed N] [--jobs N]`: pokes processes that check themselves at random
 * moments, while sleeper, gdb and the terminal are killed, and prints how many survived. docs/reliability.md has more.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findDebugPythons, findPythons } from '../test/support/pythons.js';
import { round, type Round } from './round.js';
import { tableOf } from './table.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    python: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
  },
});

const pythons = [...findPythons(), ...findDebugPythons()].filter(
  ({ version }) =>
    values.python.length === 0 || values.python.some((wanted) => `${version}.`.startsWith(`${wanted}.`)),
);
if (pythons.length === 0) throw new Error('none of these Pythons is there: see test/pythons/find');

const directory = mkdtempSync(join(tmpdir(), 'sleeper-storm-'));
const end = performance.now() + Number(values.minutes) * 60_000;
const rounds: Round[] = [];
let next = Number(values.seed);

async function job(): Promise<void> {
  do {
    const seed = next++;
    const python = pythons[seed % pythons.length] ?? pythons[0];
    if (python === undefined) return;
    const result = await round(python, seed, join(directory, String(seed)));
    rounds.push(result);
    for (const [kind, list] of Object.entries({
      lost: result.lost,
      stuck: result.stuck,
      refused: result.refused,
    }))
      for (const what of list)
        process.stderr.write(`${kind}: ${result.python}, seed ${seed} (${result.winds.join()}): ${what}\n`);
    if (process.stderr.isTTY)
      process.stderr.write(
        `\r${rounds.length} processes, ${rounds.reduce((sum, { pokes }) => sum + pokes, 0)} pokes `,
      );
  } while (performance.now() < end);
}

await Promise.all(Array.from({ length: Number(values.jobs) }, job));
process.stdout.write(tableOf(rounds));
const bad = rounds.filter(({ lost, stuck }) => lost.length + stuck.length > 0);
if (bad.length > 0) {
  process.stderr.write(`What the lost processes have written is in ${directory}\n`);
  process.exitCode = 1;
}
