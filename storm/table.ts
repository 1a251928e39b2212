import type { Round } from './round.js';

const sum = (rounds: readonly Round[], pick: (round: Round) => number): number =>
  rounds.reduce((total, round) => total + pick(round), 0);

const columns: readonly (readonly [heading: string, cell: (rounds: readonly Round[]) => number | string])[] =
  [
    ['processes', (rounds) => rounds.length],
    ['commands', (rounds) => sum(rounds, ({ commands }) => commands)],
    ['pokes', (rounds) => sum(rounds, ({ pokes }) => pokes)],
    ['killed, closed, interrupted', (rounds) => sum(rounds, ({ mischiefs }) => mischiefs.length)],
    ['refused', (rounds) => sum(rounds, ({ refused }) => refused.length)],
    ['lost', (rounds) => sum(rounds, ({ lost }) => Math.min(1, lost.length))],
    ['left stopped or traced', (rounds) => sum(rounds, ({ stuck }) => stuck.length)],
    ['children lost with a killed gdb', (rounds) => sum(rounds, ({ trapped }) => trapped)],
    [
      'worst pause of a recording, ms',
      (rounds) => (Math.max(0, ...rounds.map(({ worstPauseUs }) => worstPauseUs)) / 1000).toFixed(0),
    ],
  ];

/** In Markdown: a row a Python, and one of all. */
export function tableOf(rounds: readonly Round[]): string {
  const row = (name: string, of: readonly Round[]): string =>
    `| ${[name, ...columns.map(([, cell]) => cell(of))].join(' | ')} |`;
  const names = [...new Set(rounds.map(({ python }) => python))].toSorted();
  return `${[
    `| | ${columns.map(([heading]) => heading).join(' | ')} |`,
    `|---|${columns.map(() => '---:').join('|')}|`,
    ...names.map((name) =>
      row(
        name,
        rounds.filter(({ python }) => python === name),
      ),
    ),
    row('all', rounds),
  ].join('\n')}\n`;
}
