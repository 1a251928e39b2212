import type { GlobalVariable, Variable } from '../model/value.js';
import type { RenderContext } from './context.js';
import { escapeUntrusted } from './escape.js';
import { plural } from './units.js';
import { lockNote, reasonNote, truncationNote, valueText } from './values.js';
import { cut, displayWidth, padEnd } from './width.js';

/** A variable of a frame or a module, or something that is shown like one. */
export type AnyVariable = Variable | GlobalVariable;

/** Names longer than this do not push everybody's values to the right. */
const widestName = 24;
/** How many different values are shown of a variable in threads with the same stack. */
const shownDifferent = 3;

/** Shorter values are shown again in every frame. */
const longEnough = 60;

/** The variables of a frame, and the thread they are of. */
export type VariableSet = readonly [variables: readonly AnyVariable[], label: string];

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
    : JSON.stringify([variable.repr, variable.truncated, variable.lock, variable.reason]);
}

/** A value cut to the columns that are left, with its notes. */
function valueLine(shown: Shown, note: string, columns: number, context: RenderContext): string {
  const { style, labelOfIdent } = context;
  const { variable } = shown;
  if ('error' in variable)
    return style.bad(`unreadable: ${cut(escapeUntrusted(variable.error), columns - 12)}${note}`);
  const lock = lockNote(variable, labelOfIdent);
  const truncated = truncationNote(variable.truncated) + reasonNote(variable.reason);
  const room = Math.max(12, Math.min(context.valueWidth, columns - displayWidth(lock + truncated + note)));
  const text = cut(valueText(variable, room), room);
  const painted = variable.lock?.locked === true ? style.notice(lock) : style.faint(lock);
  return text + painted + style.faint(truncated + note);
}

/** What tells a variable of a thread that has the same value in two frames. */
function mark(variable: AnyVariable, label: string): string {
  return JSON.stringify([variable.name, variable.address, identity(variable), label]);
}

/** A value that is long and was shown one frame further in: `self`, passed on from method to method. */
function isRepeated({ variable, labels }: Shown, inner: ReadonlySet<string>): boolean {
  const long = !('error' in variable) && variable.repr.length > longEnough;
  return long && labels.every((label) => inner.has(mark(variable, label)));
}

/** Marks of all variables of a frame, for the next one. */
export function marksOf(sets: readonly VariableSet[]): Set<string> {
  return new Set(sets.flatMap(([variables, label]) => variables.map((variable) => mark(variable, label))));
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
 * Where the threads differ, each value says whose it is. Long values that are the same in the frame further in
 * (`inner`: its `marksOf`) are not shown again.
 */
export function renderVariables(
  sets: readonly VariableSet[],
  indent: string,
  context: RenderContext,
  inner: ReadonlySet<string> = new Set(),
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
    if (values.every((value) => isRepeated(value, inner))) {
      lines.push(start + context.style.faint('(as above)'));
      continue;
    }
    values.slice(0, shownDifferent).forEach((shown, index) => {
      const note = shared ? '' : labelsNote(shown.labels);
      lines.push((index === 0 ? start : follow) + valueLine(shown, note, columns, context));
    });
    const more = values.length - shownDifferent;
    if (more > 0) lines.push(follow + context.style.faint(`… ${plural(more, 'other value')}`));
  }
  return lines;
}
