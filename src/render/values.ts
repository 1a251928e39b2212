import type { Truncation, Value } from '../model/value.js';
import { escapeUntrusted } from './escape.js';
import { count } from './units.js';

/** What is said after a value that is not whole. */
export function truncationNote(truncated: Truncation | undefined): string {
  if (truncated === undefined) return '';
  const { shown, total } = truncated;
  if (shown !== undefined && total !== undefined) return ` [${count(shown)} of ${count(total)} shown]`;
  if (shown !== undefined) return ` [only ${count(shown)} shown]`;
  return total === undefined ? ' [shortened inside]' : ` [${count(total)} in all, shortened]`;
}

/** What is said after a value that could not be had by repr(). */
export function reasonNote(reason: string | undefined): string {
  return reason === undefined ? '' : ` [${escapeUntrusted(reason)}]`;
}

/** What is said after a lock, unless its repr says it: `" [locked by 4243 "worker-1", 2 times]"`. */
export function lockNote({ lock, repr }: Value, labelOfIdent: ReadonlyMap<number, string>): string {
  if (lock === undefined) return '';
  if (lock.locked === null) return ' [lock, state unknown]';
  if (!lock.locked) return repr.startsWith('<unlocked ') ? '' : ' [unlocked]';
  if (lock.owner === null) return repr.startsWith('<locked ') ? '' : ' [locked]';
  const owner = labelOfIdent.get(lock.owner) ?? `an unknown thread, ident ${lock.owner}`;
  const times = lock.count !== null && lock.count > 1 ? `, ${count(lock.count)} times` : '';
  return ` [locked by ${owner}${times}]`;
}

/**
 * The text of a value on one line. Where it does not fit, that of an instance begins with what it holds:
 * `<Account {'owner': 'alice'}>`, without the module and the address.
 */
export function valueText({ repr, type, typeModule, address }: Value, columns: number): string {
  if (repr.length > columns) {
    const start = `<${typeModule === undefined ? '' : `${typeModule}.`}${type} object at ${address} {`;
    if (repr.startsWith(start)) return escapeUntrusted(`<${type} {${repr.slice(start.length)}`);
  }
  return escapeUntrusted(repr);
}
