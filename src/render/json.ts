/** A value as JSON text: on one line for programs, indented for a person. */
export function renderJson(value: unknown, indented: boolean): string {
  return `${JSON.stringify(value, null, indented ? 2 : undefined)}\n`;
}
