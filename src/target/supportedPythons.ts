/** The minor versions that the agent has a table for (agent-c/src/layout_tables.c, which a test compares). */
export const supportedPythons: readonly string[] = [
  ...['2.7', '3.6', '3.7', '3.8', '3.9', '3.10'],
  ...['3.11', '3.12', '3.13', '3.14', '3.15'],
];

/** @param version "3.11.7", "3.15.0b1", "3.11" */
export function isSupportedPython(version: string): boolean {
  return supportedPythons.includes(version.split('.').slice(0, 2).join('.'));
}

/** Is it a build without a GIL, by the names of its files? */
export function isFreeThreaded(executable: string, maps: string): boolean {
  return /\/python3\.\d+t$/.test(executable) || /\/libpython3\.\d+t\w*\.so/.test(maps);
}
