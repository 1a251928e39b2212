import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfiguration } from '../../../src/cli/configuration.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sleeper-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** Returns its path. */
function put(text: string, base = join(home, '.config')): string {
  const path = join(base, 'sleeper', 'config.json');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const read = (more: Record<string, string> = {}) => readConfiguration({ HOME: home, ...more });

test('the defaults where there is no file, or nothing in it', () => {
  expect(read()).toEqual({ inject: 'ask' });
  put('{}');
  expect(read()).toEqual({ inject: 'ask' });
});

test.each(['ask', 'always', 'never'])('inject: %s', (inject) => {
  put(JSON.stringify({ inject }));
  expect(read()).toEqual({ inject });
});

describe('where it is', () => {
  test('$XDG_CONFIG_HOME comes before ~/.config', () => {
    const elsewhere = join(home, 'elsewhere');
    put('{"inject": "never"}');
    expect(read({ XDG_CONFIG_HOME: elsewhere })).toEqual({ inject: 'ask' });
    put('{"inject": "always"}', elsewhere);
    expect(read({ XDG_CONFIG_HOME: elsewhere })).toEqual({ inject: 'always' });
  });

  test('an empty $XDG_CONFIG_HOME is as none', () => {
    put('{"inject": "never"}');
    expect(read({ XDG_CONFIG_HOME: '' })).toEqual({ inject: 'never' });
  });
});

describe('what cannot be used is said, with the name of the file', () => {
  test.each([
    ['no JSON', '{"inject": ', /JSON/],
    ['empty', '', /JSON/],
    ['another value', '{"inject": "sometimes"}', /inject: .*"ask"/],
    ['another type', '{"inject": true}', /inject: /],
    ['no object', '[]', /object/],
    ['an unknown member', '{"inject": "ask", "injekt": "never"}', /"injekt"/],
  ])('%s', (_, text, message) => {
    const path = put(text);
    expect(read).toThrow(
      expect.objectContaining({ code: 'bad-configuration', message: expect.stringMatching(message) }),
    );
    expect(read).toThrow(path);
  });

  test('without an empty name before it', () => {
    put('[]');
    expect(read).toThrow(/cannot be used: [^:\s]/);
  });
});
