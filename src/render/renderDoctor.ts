import type { DoctorCheck, DoctorReport } from '../model/doctor.js';
import { escapeUntrusted } from './escape.js';
import { styleOf, type Style } from './style.js';
import { plural } from './units.js';
import { wrapText } from './width.js';

export interface DoctorTextOptions {
  readonly colour: boolean;
  readonly width: number;
}

const statusWidth = 'problem'.length;

function renderCheck(check: DoctorCheck, style: Style, width: number): string[] {
  const paint = { ok: style.good, note: style.faint, warning: style.notice, problem: style.bad }[
    check.status
  ];
  const indent = ' '.repeat(2 + statusWidth + 2);
  const said = [`${check.subject}: ${escapeUntrusted(check.message)}`];
  if (check.cure !== null) said.push(escapeUntrusted(check.cure));
  const [first = '', ...more] = said.flatMap((text) => wrapText(text, Math.max(20, width - indent.length)));
  return [`  ${paint(check.status.padEnd(statusWidth))}  ${first}`, ...more.map((line) => indent + line)];
}

function verdict({ works, machine, process }: DoctorReport, style: Style): string {
  const problems = [...machine, ...(process?.checks ?? [])].filter(
    ({ status }) => status === 'problem',
  ).length;
  const where = process === null ? 'here' : `on process ${process.pid}`;
  return works
    ? style.good(`sleeper can work ${where}.`)
    : style.bad(`sleeper cannot work ${where}: ${plural(problems, 'problem')}.`);
}

/** What `sleeper doctor` prints. */
export function renderDoctor(report: DoctorReport, { colour, width }: DoctorTextOptions): string {
  const style = styleOf(colour);
  const section = (title: string, checks: readonly DoctorCheck[]): string[] => [
    style.heading(title),
    ...checks.flatMap((check) => renderCheck(check, style, width)),
  ];
  const lines = section('This machine', report.machine);
  const { process } = report;
  if (process !== null) {
    const title = `Process ${process.pid}: ${escapeUntrusted(process.command)}`;
    lines.push('', ...section(title.replace(/: $/, ''), process.checks));
    if (process.commands.length > 0)
      lines.push(`  These commands would work: ${process.commands.join(', ')}`);
  }
  return `${[...lines, '', verdict(report, style)].join('\n')}\n`;
}
