import { replErrors } from '../replErrors.js';
import { nearest } from './nearest.js';
import type { Verb } from './verb.js';

/** A verb, and what stands behind it. */
export interface Parsed {
  readonly verb: Verb;
  readonly rest: string;
}

/** gdb's `info threads` and the like mean the verb of that name. */
const infoVerbs = ['threads', 'locals', 'args', 'frame'];

function namesOf(verb: Verb): string[] {
  return [verb.name, ...(verb.aliases ?? [])];
}

/** The verb of that name, alias or unique beginning. */
export function findVerb(verbs: readonly Verb[], word: string): Verb | null {
  const exact = verbs.find((verb) => namesOf(verb).includes(word));
  if (exact !== undefined) return exact;
  const beginning = word.length < 2 ? [] : verbs.filter((verb) => verb.name.startsWith(word));
  return (beginning.length === 1 ? beginning[0] : undefined) ?? null;
}

/**
 * What a line means.
 * @returns null for a line that says nothing: empty, or a comment
 * @throws SleeperError unknown-verb
 */
export function parseLine(verbs: readonly Verb[], typed: string): Parsed | null {
  const line = typed.trim();
  if (line === '' || line.startsWith('#')) return null;
  const [, word = '', behind = ''] = /^(!|\?|[A-Za-z_]\w*)?([^]*)$/.exec(line) ?? [];
  const rest = behind.trim();
  const info = /^(\w+)\s*([^]*)$/.exec(rest);
  if ((word === 'info' || word === 'i') && info !== null && infoVerbs.includes(info[1] ?? ''))
    return parseLine(verbs, rest);
  const verb = findVerb(verbs, word);
  // `locals.x` and `list = 3` are meant as Python.
  const python =
    verb === null || (verb.takes !== 'python' && /^([.[(]|\s*=[^=])/.test(behind) && rest !== '.');
  if (!python) return { verb, rest };
  const near = nearest(
    word,
    verbs.flatMap(namesOf).filter((name) => name.length > 1),
  );
  throw replErrors.unknownVerb(
    line,
    word === '' ? (line.split(/\s/)[0] ?? line) : word,
    verb === null ? near : null,
  );
}

/** A name that was put between quotes, without them. */
export function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}
