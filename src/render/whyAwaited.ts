import type { AwaitedProcess } from '../model/why.js';
import { escapeUntrusted } from './escape.js';
import type { Style } from './style.js';
import { plural } from './units.js';
import { wrapText } from './width.js';

/** Where it could be asked itself, if a person names it. */
function hint({ pid, python, inside }: AwaitedProcess): string {
  return python && !inside ? `; it is Python: \`sleeper why ${pid}\` says more` : '';
}

/** The processes that a process waits for. */
export function renderAwaited(awaited: readonly AwaitedProcess[], width: number, style: Style): string[] {
  if (awaited.length === 0) return [];
  const lines = awaited.flatMap((process) => {
    const { pid, command, tids, doing, stack } = process;
    const text = `${doing ?? 'nothing is known of what it does'}${hint(process)}`;
    const by = tids.length > 3 ? `${tids.length} threads` : tids.join(', ');
    return [
      ...wrapText(`${pid} ${escapeUntrusted(command)}, by ${by}`, width - 4).map((line, index) =>
        index === 0 ? `  ${style.name(line)}` : `    ${line}`,
      ),
      ...text
        .split('\n')
        .flatMap((line) => wrapText(escapeUntrusted(line), width - 6))
        .map((line, index) => (index === 0 ? `    ${line}` : `      ${line}`)),
      ...stack.flatMap(({ function: name, file, line }) =>
        wrapText(escapeUntrusted(`${name} (${file}${line === null ? '' : `:${line}`})`), width - 8).map(
          (part, index) => style.faint(index === 0 ? `      ${part}` : `        ${part}`),
        ),
      ),
    ];
  });
  return [style.heading(`${plural(awaited.length, 'process', 'processes')} waited for`), ...lines];
}
