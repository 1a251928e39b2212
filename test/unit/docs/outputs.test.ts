import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { shownOutputs } from '../../support/shownOutputs.js';
import { documentedVerbs } from './commandLines.js';
import { codeBlocks, documents, readDocument, root } from './markdown.js';

/** The blocks that are no output of sleeper's, and those that cannot be had here. */
const notCompared: readonly { readonly path: string; readonly beginning: RegExp; readonly why: string }[] = [
  { path: 'ARCHITECTURE.md', beginning: /^bin\/sleeper /, why: 'directories: see paths.test.ts' },
  { path: 'docs/benchmarks.md', beginning: /^npm run bench/, why: 'what the numbers were made by' },
  { path: 'docs/configuration.md', beginning: /^\$XDG_CONFIG_HOME/, why: 'a path' },
  { path: 'docs/fds.md', beginning: /^This machine\n/, why: 'of another machine: see doctor.test.ts' },
];

const blocks = documents.flatMap((path) =>
  codeBlocks(readDocument(path))
    .filter(({ language }) => language === '')
    .map(({ text }) => ({ path, text })),
);

test('every output in the documents is compared with what is printed today', () => {
  const places = [
    ...Object.values(shownOutputs).map(([path, beginning]) => ({ path, beginning })),
    ...notCompared,
  ];
  const matches = ({ path, text }: (typeof blocks)[number]): typeof places =>
    places.filter((place) => place.path === path && place.beginning.test(text));
  const verbs = (path: string, text: string): boolean =>
    documentedVerbs(path).some((verb) => text.includes(verb.text));
  expect(blocks.filter((block) => matches(block).length !== 1 && !verbs(block.path, block.text))).toEqual([]);
  expect(places.filter((place) => !blocks.some((block) => matches(block).includes(place)))).toEqual([]);
});

test('each of them by a test', () => {
  const directory = new URL('test/integration/', root);
  const sources = readdirSync(directory)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, directory), 'utf8'))
    .join('');
  expect(Object.keys(shownOutputs).filter((name) => !sources.includes(`'${name}'`))).toEqual([]);
});
