/** Whether Python source goes on in the next line. */
interface Scan {
  /** Open brackets, or -1 where one was closed that was never opened. */
  readonly depth: number;
  /** It ends inside of a triple-quoted string. */
  readonly inString: boolean;
  /** It ends in a backslash. */
  readonly continued: boolean;
  /** Its last line that is not empty ends in a colon outside of brackets: a block follows. */
  readonly opensBlock: boolean;
}

/** Strings and comments as Python has them; what they contain is no syntax. */
const stringOrComment = /"""|'''|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|#[^\n]*/y;

function scan(source: string): Scan {
  let depth = 0;
  let colon = false;
  for (let i = 0; i < source.length;) {
    const c = source[i] ?? '';
    stringOrComment.lastIndex = i;
    const found = stringOrComment.exec(source)?.[0];
    if (found === '"""' || found === "'''") {
      let end = i + 3;
      while (end < source.length && !source.startsWith(found, end)) end += source[end] === '\\' ? 2 : 1;
      if (end >= source.length) return { depth, inString: true, continued: false, opensBlock: false };
      i = end + 3;
      colon = false;
      continue;
    }
    if (found !== undefined) {
      i += found.length;
      if (!found.startsWith('#')) colon = false;
      continue;
    }
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c)) depth--;
    if (depth < 0) return { depth, inString: false, continued: false, opensBlock: false };
    if (c === ':') colon = depth === 0;
    else if (!/\s/.test(c)) colon = false;
    i++;
  }
  return { depth, inString: false, continued: /(^|[^\\])(\\\\)*\\$/.test(source), opensBlock: colon };
}

/**
 * Whether a person who typed these lines wants to type more: a bracket or a string is open, or a block has been begun
 * and no empty line has ended it.
 */
export function isIncomplete(source: string, blocks: boolean): boolean {
  const whole = scan(source);
  if (whole.inString || whole.depth > 0 || whole.continued) return true;
  if (!blocks || whole.depth < 0) return false;
  const lines = source.split('\n');
  if (lines.length === 1) return whole.opensBlock || /^\s*@/.test(source);
  // More than one line, none of them inside of brackets: a block, which an empty line ends.
  const [first = ''] = lines;
  const isBlock = scan(first).opensBlock || /^\s*@/.test(first);
  return isBlock && lines.at(-1)?.trim() !== '';
}
