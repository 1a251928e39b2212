import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { anchorOf, codeBlocks, documents, prose, readDocument, root, sections } from './markdown.js';
import { schemaErrors } from '../../support/validate.js';

/** A link that leads nowhere, or null. */
function broken(path: string, target: string): string | null {
  const [file = '', anchor] = target.split('#');
  const url = file === '' ? new URL(path, root) : new URL(file, new URL(path, root));
  if (!existsSync(url)) return target;
  if (anchor === undefined || !url.pathname.endsWith('.md')) return null;
  const anchors = sections(readFileSync(url, 'utf8')).map(({ heading }) => anchorOf(heading));
  return anchors.includes(anchor) ? null : target;
}

test.each(documents)('the links of %s lead somewhere', (path) => {
  const targets = [...prose(readDocument(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  const relative = targets.filter((target) => !/^[a-z]+:/.test(target));
  expect(relative.map((target) => broken(path, target)).filter((target) => target !== null)).toEqual([]);
});

describe('README.md', () => {
  const readme = readDocument('README.md');

  test('links every document', () => {
    expect(documents.filter((path) => !readme.includes(`](${path})`) && path !== 'README.md')).toEqual([]);
  });
});

/** The names of all members, at any depth. */
function membersOf(value: unknown): Set<string> {
  const names = new Set<string>();
  JSON.stringify(value, (name, member: unknown) => {
    names.add(name);
    return member;
  });
  return names;
}

describe('docs/json.md', () => {
  const examples = codeBlocks(readDocument('docs/json.md'))
    .filter(({ language }) => language === 'json')
    .map(({ text }) => JSON.parse(text) as unknown);

  test('has whole examples that fit the schemas', () => {
    const [, , failure, passedOver, , list, open, answer, ...others] = examples;
    expect(others).toEqual([]);
    expect(schemaErrors('dump', [failure, passedOver])).toEqual([]);
    expect(schemaErrors('ps', list)).toEqual([]);
    expect(schemaErrors('fds', open)).toEqual([]);
    expect(schemaErrors('repl', answer)).toEqual([]);
  });

  test.each([
    ['dump', 0],
    ['dump', 1],
    ['why', 4],
  ])('has a shortened %s whose members the schema knows', (name, index) => {
    const schema = membersOf(JSON.parse(readDocument(`docs/schema/${name}.json`)));
    expect([...membersOf(examples[index])].filter((member) => !schema.has(member))).toEqual([]);
  });
});
