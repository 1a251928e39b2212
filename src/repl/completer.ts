import type { ReplContext } from './context.js';
import { findVerb } from './parseLine.js';
import type { Verb } from './verb.js';

/** What node:readline wants: what could stand there, and the part of the line that it replaces. */
export type Completion = [hits: string[], part: string];

const identifier = '[\\p{L}_][\\p{L}\\p{N}_]*';
/** A dotted name at the end: what is in front of its last dot, and what has been typed behind that. */
const dottedName = new RegExp(`((?:${identifier}\\.)*)((?:${identifier})?)$`, 'u');

/** How long a person may wait for the Tab key. */
const patienceMs = 2000;

function beginningWith(names: Iterable<string>, part: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(part)).sort();
}

function threadNames({ looking }: ReplContext): string[] {
  if (looking.isEmpty) return [];
  return looking.snapshot.threads.flatMap(({ python, kernel }) => python?.name ?? kernel?.name ?? []);
}

/** The names that are known without asking the process. */
function variableNames({ looking }: ReplContext): string[] {
  if (looking.isEmpty) return [];
  const { frame, snapshot } = looking;
  const globals = snapshot.modules?.find(({ name }) => name === frame?.module)?.globals ?? [];
  return [...(frame?.variables ?? []), ...globals].map(({ name }) => name);
}

/** Asks the process: for the attributes of something, or for all names that the frame sees. */
async function ask(context: ReplContext, dotted: string): Promise<string[]> {
  if (context.paused || context.looking.isEmpty) return [];
  // For the mere names nothing is begun in the process.
  if (dotted === '' && !context.isLive) return [];
  const frame = context.looking.frameReference();
  if (frame === 'unknown') return [];
  const signal = AbortSignal.timeout(patienceMs);
  const live = await context.liveTarget(signal);
  const answer = await live.complete(frame, dotted, signal);
  return answer.kind === 'answer' ? answer.value : [];
}

async function python(context: ReplContext, source: string): Promise<Completion> {
  const [found = '', base = '', part = ''] = dottedName.exec(source) ?? [];
  // `f().x`, `1.5` and `'a.b`: what stands in front of the dot is no name.
  const before = source[source.length - found.length - 1] ?? '';
  if (/[.\p{L}\p{N}_]/u.test(before)) return [[], ''];
  const names = await ask(context, base.slice(0, -1)).catch(() => []);
  const known = base === '' ? [...names, ...variableNames(context)] : names;
  // Names that begin with an underscore are for those who ask for them.
  const wanted = part === '' ? known.filter((name) => !name.startsWith('_')) : known;
  return [beginningWith(wanted, part).map((name) => base + name), base + part];
}

/** What the line could go on with. Never fails. */
export async function complete(
  context: ReplContext,
  verbs: readonly Verb[],
  line: string,
): Promise<Completion> {
  const names = verbs.map(({ name }) => name).filter((name) => name !== '!');
  const [, word = '', space = '', rest = ''] = /^\s*(!|[A-Za-z_]\w*)?(\s*)([^]*)$/.exec(line) ?? [];
  if (word !== '!' && space === '' && rest === '') return [beginningWith(names, word), word];
  const verb = findVerb(verbs, word);
  if (verb?.takes === 'verb') return [beginningWith(names, rest), rest];
  if (verb?.takes === 'thread') return [beginningWith(threadNames(context), rest), rest];
  return verb?.takes === 'python' ? python(context, rest) : [[], ''];
}
