/**
 * Everything that comes from a target (names, values, paths, arguments) is untrusted: printed as it is, it could
 * move the cursor, recolour or retitle the terminal, or reorder the line.
 */

/**
 * Controls (C0, DEL, C1), line and paragraph separators, marks that reorder or hide text (bidirectional controls,
 * soft hyphen, zero-width characters other than the joiners that emoji and scripts need, tags), lone surrogates,
 * and what Unicode has not assigned.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Cs}\p{Cn}\u{e0000}-\u{e007f}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  const known = short[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** The text on one line, with everything that a terminal would act on written as Python would write it. */
export function escapeUntrusted(text: string): string {
  return text.replace(unsafe, escapeCharacter);
}
