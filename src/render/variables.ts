import type { GlobalVariable, Variable } from '../model/value.js';
import type { RenderContext } from './context.js';
import { escapeUntrusted } from './escape.js';
import { plural } from './units.js';
import { lockNote, truncationNote, valueText } from './values.js';
import { cut, displayWidth, padEnd } from './width.js';

type AnyVariable = Variable | GlobalVariable;

/** Names longer than this do not push everybody's values to the right. */
const widestName = 24;
/** How many different values are shown of a variable in threads with the same stack. */
const shownDifferent = 4;

/** One value, and the threads in whose frame the variable has it. */
interface Shown {
  readonly variable: AnyVariable;
  readonly labels: string[];
}

function nameOf(variable: AnyVariable): string {
  const name = escapeUntrusted(variable.name);
  if (!('kind' in variable)) return name;
  return variable.kind === 'free' || variable.kind === 'cell' ? `${name} (${variable.kind})` : name;
}

function identity(variable: AnyVariable): string {
  return 'error' in variable
    ? `error ${variable.error}`
    : JSON.stringify([variable.repr, variable.truncated, variable.lock]);
}

/** A value cut to the columns that are left, with its notes. */
function valueLine(shown: Shown, note: string, columns: number, context: RenderContext): string {
  const { style, labelOfIdent } = context;
  const { variable } = shown;
  if ('error' in variable)
    return style.bad(`unreadable: ${cut(escapeUntrusted(variable.error), columns - 12)}${note}`);
  const lock = lockNote(variable, labelOfIdent);
  const truncated = truncationNote(variable.truncated);
  const room = Math.max(12, columns - displayWidth(lock + truncated + note));
  const text = cut(valueText(variable.repr), room);
  const painted = variable.lock?.locked === true ? style.notice(lock) : style.faint(lock);
  return text + painted + style.faint(truncated + note);
}

function distinct(variables: readonly (readonly [AnyVariable, string])[]): Shown[] {
  const values = new Map<string, Shown>();
  for (const [variable, label] of variables) {
    const key = identity(variable);
    const known = values.get(key);
    if (known === undefined) values.set(key, { variable, labels: [label] });
    else known.labels.push(label);
  }
  return [...values.values()];
}

function labelsNote(labels: readonly string[]): string {
  const [first = '', ...others] = labels;
  return others.length === 0 ? `  (${first})` : `  (${first} and ${plural(others.length, 'other')})`;
}

/**
 * The variables of one frame, or of the same frame in several threads: `name = value`, the values under each other.
 * Where the threads differ, each value says whose it is.
 */
export function renderVariables(
  sets: readonly (readonly [variables: readonly AnyVariable[], label: string])[],
  indent: string,
  context: RenderContext,
): string[] {
  const byName = new Map<string, [AnyVariable, string][]>();
  for (const [variables, label] of sets) {
    for (const variable of variables) {
      const name = nameOf(variable);
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [[variable, label]]);
      else known.push([variable, label]);
    }
  }
  const widths = [...byName.keys()].map(displayWidth).filter((width) => width <= widestName);
  const nameWidth = Math.max(0, ...widths);
  const lines: string[] = [];
  for (const [name, variables] of byName) {
    const values = distinct(variables);
    const shared = values.length === 1 && variables.length === sets.length;
    const start = `${indent}${context.style.name(padEnd(name, nameWidth))} = `;
    const columns = context.width - displayWidth(start);
    const follow = ' '.repeat(displayWidth(start));
    values.slice(0, shownDifferent).forEach((shown, index) => {
      const note = shared ? '' : labelsNote(shown.labels);
      lines.push((index === 0 ? start : follow) + valueLine(shown, note, columns, context));
    });
    const more = values.length - shownDifferent;
    if (more > 0) lines.push(follow + context.style.faint(`… ${plural(more, 'other value')}`));
  }
  return lines;
}
