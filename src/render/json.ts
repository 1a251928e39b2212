import { escapedJson } from '../escapedJson.js';

/** What a terminal may act on, of what JSON.stringify leaves as it is: DEL, C1, and marks that reorder or hide text. */
const active =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A value as JSON that may come to a terminal: the same document, with such characters escaped as in `\u009b`. */
export function jsonText(value: unknown, indent?: number): string {
  return escapedJson(value, active, indent);
}

/** A value as JSON text: on one line for programs, indented for a person. */
export function renderJson(value: unknown, indented: boolean): string {
  return `${jsonText(value, indented ? 2 : undefined)}\n`;
}
