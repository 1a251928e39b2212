import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { jsonSchemas } from '../../../src/model/jsonSchemas.js';
import { snapshot } from '../../../src/model/snapshot.js';
import { aFrame, aSnapshot, aThread, aVariable } from '../../support/snapshots.js';
import { schemaErrors } from '../../support/validate.js';

const directory = new URL('../../../docs/schema/', import.meta.url);

test('docs/schema is what `npm run schema` writes', () => {
  const schemas = jsonSchemas();
  expect(readdirSync(directory).sort()).toEqual(Object.keys(schemas).sort());
  for (const [name, text] of Object.entries(schemas)) {
    expect(readFileSync(new URL(name, directory), 'utf8')).toBe(text);
  }
});

describe('the dump schema', () => {
  const whole = aSnapshot({
    threads: [
      aThread(1, 'MainThread', {
        python: { frames: [aFrame({ variables: [aVariable('a', '1')] }), { error: 'not mapped' }] },
      }),
    ],
    fds: [{ kind: 'unreadable', fd: 3, error: 'closed' }],
  });

  test('takes a snapshot, a failure, and an array of them', () => {
    const failure = { pid: 3, error: { code: 'no-such-process', message: 'm', hint: 'h' } };
    for (const document of [whole, failure, [whole, failure], []])
      expect(schemaErrors('dump', document)).toEqual([]);
    expect(snapshot.parse(whole)).toEqual(whole);
  });

  test.each([
    ['a member too many', { ...whole, extra: 1 }],
    ['a member too few', { ...whole, takenAt: undefined }],
    ['a date that is none', { ...whole, takenAt: 'yesterday' }],
    ['an unknown state of the GIL', { ...whole, threads: [{ ...whole.threads[0], gil: 'maybe' }] }],
  ])('refuses %s, as zod does', (_what, document) => {
    const sent: unknown = JSON.parse(JSON.stringify(document));
    expect(schemaErrors('dump', sent)).not.toEqual([]);
    expect(snapshot.safeParse(sent).success).toBe(false);
  });
});
