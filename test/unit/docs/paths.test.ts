import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { codeSpans, documents, readDocument, root } from './markdown.js';

const made = ['node_modules', 'dist', 'coverage', '.git'];
/** The files of the project. */
const files = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !made.includes(entry.name))
  .flatMap(({ name }) =>
    readdirSync(new URL(`${name}/`, root), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${name}/${file}`,
    ),
  );

const inProject = /^(?:src|agent-c|test|docs|gdb-scripts|bench|storm|demo|web|bin|\.ci)\/[^ ]*/;

/** Does a path that a document names lead to a file or a directory? A `*` stands for anything. */
function leadsSomewhere(path: string): boolean {
  const pattern = path
    .replace(/\/$/, '')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*');
  const name = new RegExp(`^${pattern}(?:/|$)`);
  return files.some((file) => name.test(file)) || path.startsWith('agent-c/build');
}

test.each(documents)('%s names files that there are', (document) => {
  const named = codeSpans(readDocument(document)).flatMap((span) => inProject.exec(span)?.[0] ?? []);
  expect(named.filter((path) => !leadsSomewhere(path))).toEqual([]);
});

test('ARCHITECTURE.md has every directory of sources, and names sources that there are', () => {
  const text = readDocument('ARCHITECTURE.md');
  const directories = files.flatMap(
    (file) => /^(?:src|agent-c)\/(?!build)[\w-]+\/|^(?!\.)[\w-]+\//.exec(file)?.[0] ?? [],
  );
  expect([...new Set(directories)].filter((directory) => !text.includes(directory))).toEqual([]);
  const names = new Set(files.map((file) => file.slice(file.lastIndexOf('/') + 1)));
  const named = codeSpans(text).filter((span) => /^[\w-]+\.(?:ts|c|h|py)$/.test(span));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !names.has(name))).toEqual([]);
});
