interface Parsed {
  readonly commands: string[][];
  readonly end: number;
}

/** What stands for the output of a command substitution: a process id does everywhere in the documents. */
const substituted = '1234';

function parse(text: string, start: number): Parsed {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | null = null;
  let quote = '';
  const endWord = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  let i = start;
  for (; i < text.length; i++) {
    const c = text[i] ?? '';
    if (quote !== "'" && text.startsWith('$(', i)) {
      const inner = parse(text, i + 2);
      commands.push(...inner.commands);
      word = (word ?? '') + substituted;
      i = inner.end;
    } else if (quote !== '') {
      if (c === quote) quote = '';
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (c === ')') {
      break;
    } else if (c === '#' && word === null) {
      const newline = text.indexOf('\n', i);
      i = (newline < 0 ? text.length : newline) - 1;
    } else if ('|;&\n'.includes(c)) {
      endCommand();
    } else if (/\s/.test(c)) {
      endWord();
    } else {
      word = (word ?? '') + c;
    }
  }
  endCommand();
  return { commands, end: i };
}

/**
 * The commands in a piece of shell, each as its words: those of a pipeline one by one, and those of command
 * substitutions too. Enough of the language for what the documents show.
 */
export function shellCommands(text: string): string[][] {
  return parse(text, 0).commands;
}
