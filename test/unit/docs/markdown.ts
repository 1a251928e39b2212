import { readdirSync, readFileSync } from 'node:fs';

/** The project's directory. */
export const root = new URL('../../../', import.meta.url);

/** The documents for people, by their path from the project's directory. */
export const documents: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export function readDocument(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** A fenced block of code. */
export interface CodeBlock {
  /** "sh", "json", or "" where the fence names none. */
  readonly language: string;
  readonly text: string;
}

/** One in a list is indented. */
const fence = /^( *)```(\w*)\n(.*?)^\1```$/gms;

export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(fence)].map(([, indent = '', language = '', text = '']) => ({
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** The text outside of fenced blocks. */
export function prose(markdown: string): string {
  return markdown.replace(fence, '');
}

/** What stands between backticks in the text. */
export function codeSpans(markdown: string): string[] {
  return [...prose(markdown).matchAll(/(`+)(.+?)\1/g)].map(([, , span = '']) => span.trim());
}

/** A heading and what follows it, up to the next heading of any level. */
export interface Section {
  readonly heading: string;
  readonly text: string;
}

export function sections(markdown: string): Section[] {
  return prose(markdown)
    .split(/^#+ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { heading: part.slice(0, end).trim(), text: part.slice(end + 1) };
    });
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
