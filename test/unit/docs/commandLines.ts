import { codeBlocks, codeSpans, readDocument } from './markdown.js';

/** Is something of the line still to come: a pipe's other side, the end of a quotation? */
function goesOn(line: string): boolean {
  const plain = line.replace(/'[^']*'|"[^"]*"/g, '');
  return /[|\\]\s*$/.test(plain) || /['"]/.test(plain);
}

/** The command lines in a piece of shell, those that go on over several lines as one. */
export function commandLines(text: string): string[] {
  const commands: string[] = [];
  let begun = '';
  for (const line of text.split('\n')) {
    begun += begun === '' ? line : `\n${line}`;
    if (goesOn(begun.replace(/\s#.*$/gm, ''))) continue;
    if (begun.trim() !== '') commands.push(begun.replace(/\s+#.*$/, ''));
    begun = '';
  }
  return commands;
}

/** The command lines that a document tells its reader to type, or shows the output of. */
export function documentedCommands(path: string): string[] {
  return codeBlocks(readDocument(path)).flatMap(({ language, text }) =>
    language === 'sh' ? commandLines(text) : [...text.matchAll(/^\$ (.+)$/gm)].map(([, line = '']) => line),
  );
}

/**
 * The commands in the text of a document that can be carried out as they stand: they name a process, a recording, a program
 * to start. "`sleeper fds`" is only a name.
 */
export function commandsInText(path: string): string[] {
  return codeSpans(readDocument(path)).filter(
    (span) =>
      span.startsWith('sleeper ') &&
      !span.includes('...') &&
      / (?:\d{4,}|\S+\.sleeper|-- \S+|--help|--print-agent|--match .+|--unit .+|--container .+)(?: |$)/.test(
        span,
      ),
  );
}

/** Verbs of `sleeper repl` that a document has somebody type, one after the other, without what they answer. */
export interface DocumentedVerbs {
  /** As they stand there, with prompts. */
  readonly text: string;
  /** The command that has all of them done. */
  readonly command: string;
}

export function documentedVerbs(path: string): DocumentedVerbs[] {
  const prompt = /^\(sleeper (\d+)( paused)?\) (.+)$/;
  return codeBlocks(readDocument(path)).flatMap(({ text }) => {
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => prompt.exec(line));
    const [first] = lines;
    if (first === undefined || first === null || lines.includes(null)) return [];
    const verbs = lines.map((line) => line?.[3] ?? '');
    const all = first[2] === undefined ? verbs : ['pause', ...verbs];
    return [{ text, command: `sleeper repl ${first[1]} ${all.map((verb) => `-c '${verb}'`).join(' ')}` }];
  });
}
