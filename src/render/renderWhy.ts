import type { WhyReport, WhyThread } from '../model/why.js';
import { grouped } from './grouped.js';
import { escapeUntrusted } from './escape.js';
import { commandLine } from './header.js';
import { renderWhyGreenlets } from './whyGreenlets.js';
import { renderAwaited } from './whyAwaited.js';
import { styleOf, type Style } from './style.js';
import { duration, plural } from './units.js';
import { cut, wrapText } from './width.js';

export interface WhyOptions {
  readonly colour: boolean;
  readonly width: number;
}

/** Lines of at most `width` columns, the first one not indented. */
function wrapped(text: string, width: number, indent: string): string[] {
  return text
    .split('\n')
    .flatMap((line) =>
      wrapText(escapeUntrusted(line), width - indent.length).map((part, index) =>
        index === 0 ? part : indent + part,
      ),
    );
}

function labelOf({ tid, name }: WhyThread): string {
  return `${tid ?? '?'}${name === null ? '' : ` "${escapeUntrusted(name)}"`}`;
}

function longest(threads: readonly WhyThread[]): string {
  const ms = Math.max(...threads.map(({ forMs }) => forMs ?? 0));
  return ms < 10 ? '' : ` (${duration(ms)})`;
}

function renderThreads(group: readonly [WhyThread, ...WhyThread[]], width: number, style: Style): string[] {
  const [first] = group;
  const labels = group.slice(0, 8).map(labelOf);
  if (group.length > labels.length) labels.push(`and ${group.length - labels.length} more`);
  const [heading = '', ...others] = wrapped(labels.join(', '), width - 2, '  ');
  const doing = wrapped(`${first.doing}${longest(group)}`, width - 4, '  ');
  return [
    `  ${style.name(heading)}`,
    ...others.map((line) => `  ${line}`),
    ...doing.map((line) => `    ${line}`),
  ];
}

/** What `sleeper why` prints. */
export function renderWhy(report: WhyReport, { colour, width }: WhyOptions): string {
  const style = styleOf(colour);
  const { process, verdict, text, findings, threads, warnings } = report;
  const start = `Process ${process.pid}: `;
  const paint = verdict === 'hung' ? style.bad : style.good;
  const others = findings.filter(({ hung }) => !hung);
  const sections = [
    [style.heading(start + cut(commandLine(process.argv), width - start.length))],
    wrapped(text, width, '  ').map((line) => paint(line)),
    others.flatMap((finding) => wrapped(finding.text, width, '  ').map((line) => style.notice(line))),
    threads.length === 0
      ? []
      : [
          style.heading(plural(threads.length, 'thread')),
          // Threads that do the same are told once.
          ...grouped(threads, ({ doing }) => doing).flatMap((group) => renderThreads(group, width, style)),
        ],
    renderWhyGreenlets(report.greenlets ?? [], width, style),
    renderAwaited(report.awaited ?? [], width, style),
    // That some process's files may not be read is no news here.
    warnings
      .filter(({ where }) => where !== 'fds')
      .flatMap(({ where, message }) =>
        wrapped(`Warning: ${where === '' ? '' : `${where}: `}${message}`, width, '  ').map((line) =>
          style.notice(line),
        ),
      ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
