import { codeBlocks, readDocument } from './markdown.js';

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
