const shown = 6;

/** The C functions that a thread is in, innermost first, as the end of a sentence: ", in C: read < fgets"; "" for none. */
export function nativeText(functions: readonly string[]): string {
  if (functions.length === 0) return '';
  const more = functions.length > shown ? ' < ...' : '';
  return `, in C: ${functions.slice(0, shown).join(' < ')}${more}`;
}
