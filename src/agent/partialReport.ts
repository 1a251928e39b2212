/**
 * The part of a report that was cut short which can stand: up to the last thread that is described whole, with what is
 * open closed and a warning added. The agent writes `threads` after everything that every report needs.
 * @param text the JSON that the agent had written when it was interrupted
 * @returns JSON of the schema agentReport; null when no thread is whole
 */
export function salvageReport(text: string): string | null {
  const end = endOfLastThread(text);
  if (end === null) return null;
  const warning = {
    where: 'agent',
    message: 'the agent was interrupted: what it had not yet described is missing',
  };
  return `${text.slice(0, end)}],"tasks":[],"warnings":[${JSON.stringify(warning)}]}`;
}

const threadsKey = '"threads":[';

/** Where the last whole element of the top level's `threads` ends. */
function endOfLastThread(text: string): number | null {
  let depth = 0;
  let inThreads = false;
  let end: number | null = null;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      if (depth === 1 && text.startsWith(threadsKey, i)) inThreads = true;
      i = endOfString(text, i);
    } else if (c === '{' || c === '[') {
      depth++;
    } else if (c === '}' || c === ']') {
      depth--;
      if (inThreads && depth === 2) end = i + 1;
      if (inThreads && depth === 1) return end;
    }
  }
  return end;
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}
