/** The oldest gdb that sleeper works with. */
export const oldestGdb = 10;

/**
 * The version in the first line of `gdb --version`: "GNU gdb (Debian 13.1-3) 13.1" is
 * `{ text: "13.1", major: 13 }`. Null when this is not the first line of a gdb.
 */
export function parseGdbVersion(output: string): { text: string; major: number } | null {
  const match = /^GNU gdb .*?(\d+)(\.[\w.-]+)?\s*$/m.exec(output);
  return match === null ? null : { text: `${match[1] ?? ''}${match[2] ?? ''}`, major: Number(match[1]) };
}
