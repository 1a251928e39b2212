/** JSON in which some characters are written as `\u009b`: the same document. Only within strings may they occur. */
export function escapedJson(value: unknown, characters: RegExp, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    characters,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
