import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { doctorErrors } from '../../../src/doctorErrors.js';
import { memoryErrors } from '../../../src/memoryErrors.js';
import { errandErrors } from '../../../src/errandErrors.js';
import { errors, exitCodes } from '../../../src/errors.js';
import { liveErrors } from '../../../src/liveErrors.js';
import { recordingErrors } from '../../../src/recordingErrors.js';
import { replErrors } from '../../../src/replErrors.js';
import { seccompErrors } from '../../../src/seccompErrors.js';
import { treeErrors } from '../../../src/treeErrors.js';
import { errorSamples } from './errorSamples.js';
import { readDocument, root, sections } from './markdown.js';

const path = 'docs/troubleshooting.md';
const text = readDocument(path);
const samples = Object.values(errorSamples);

/** The headings that are a code, and nothing else. */
const codes = sections(text).flatMap(({ heading }) => /^`([a-z0-9-]+)`$/.exec(heading)?.[1] ?? []);

test('every error has one heading, and every heading an error', () => {
  expect(Object.keys(errorSamples).sort()).toEqual(
    Object.keys({
      ...errors,
      ...replErrors,
      ...recordingErrors,
      ...treeErrors,
      ...doctorErrors,
      ...errandErrors,
      ...memoryErrors,
      ...liveErrors,
      ...seccompErrors,
    }).sort(),
  );
  expect([...codes].sort()).toEqual(samples.map(({ code }) => code).sort());
});

describe.each(samples.map((error) => [error.code, error] as const))('%s', (code, { message, exit }) => {
  const section = sections(text).find(({ heading }) => heading === `\`${code}\``)?.text ?? '';

  test('is shown as it is printed', () => {
    expect(section).toContain(`\n> ${message}\n`);
  });

  test('has the right exit code', () => {
    expect(/^Exit (\d+)\./m.exec(section)?.[1]).toBe(String(exitCodes[exit]));
  });
});

/** What the texts between quotes at these places of the agent's sources are. */
function quoted(file: string, where: RegExp): string[] {
  const source = readFileSync(new URL(`agent-c/src/${file}`, root), 'utf8');
  return [...source.matchAll(where)].map(([, found = '']) => found);
}

test('every warning of the agent is explained', () => {
  const warnings = readdirSync(new URL('agent-c/src/', root))
    .filter((file) => file.endsWith('.c'))
    .flatMap((file) => quoted(file, /(?:sleeper__warn_as\(|\(struct warning\)\{)"\w+",\s*"([^"]+)"/g));
  expect(warnings.length).toBeGreaterThan(8);
  expect(warnings.filter((warning) => !text.includes(`\`${warning}\``))).toEqual([]);
});

test('every reason why the agent does not serve is explained', () => {
  const reasons = [
    ...quoted('lifecycle.c', /\brefuse\("([^"]+)"/g),
    ...quoted('layout.c', /(?:return|\?)\s*"([^"]+)"/g),
    ...quoted('serve.c', /\brefused? ?(?:_as\(|= )"([^"]+)"/g),
    ...quoted('recording.c', /\breturn "([^"]+)"/g),
  ];
  expect(reasons.length).toBeGreaterThan(8);
  expect(reasons.filter((reason) => !text.includes(`\`${reason}\``))).toEqual([]);
});

test('every exit code is in docs/json.md', () => {
  const rows = [...readDocument('docs/json.md').matchAll(/^\| (\d+) +\| `(\w+)`/gm)];
  expect(Object.fromEntries(rows.map(([, code, name]) => [name, Number(code)]))).toEqual(exitCodes);
});
