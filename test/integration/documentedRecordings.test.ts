import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commandOf, expectShown, printedBy, shown } from '../support/shownOutputs.js';
import { readDocument } from '../unit/docs/markdown.js';
import { exactly } from '../unit/docs/outputShape.js';

/**
 * Outputs and a picture in the documents are of the recordings in demo/recordings (demo/pictures/recordings.ts), which are
 * always the same: so every letter of them must be printed today as it is shown there.
 */

const recordings = fileURLToPath(new URL('../../demo/recordings/', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'sleeper-recordings-'));

beforeAll(() => {
  for (const name of ['profile', 'after', 'variables', 'native'])
    copyFileSync(join(recordings, `${name}.sleeper`), join(directory, `${name}.sleeper`));
  copyFileSync(join(directory, 'profile.sleeper'), join(directory, 'before.sleeper'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** As wide as the documents. */
const printed = (command: string): Promise<string> => printedBy(command, directory, { COLUMNS: '100' });

test.each([
  ['recording', 'sleeper report profile.sleeper'],
  ['variables', 'sleeper report variables.sleeper'],
  ['folded', 'sleeper report profile.sleeper -f folded'],
  ['native', 'sleeper report native.sleeper -f folded'],
  ['reportAsJson', 'sleeper report profile.sleeper -f json'],
  ['innermostByLine', commandOf('innermostByLine')],
  ['difference', commandOf('difference').split('\n')[0] ?? ''],
  ['lines', 'cat profile.sleeper'],
] as const)('%s', async (name, command) => {
  // Long lines are broken in the documents, where that is no change.
  const joined = name === 'native' || name === 'reportAsJson';
  const text = shown(name)
    .replace(/^\$.*\n/, '')
    .replaceAll(joined ? /\n {2}/g : /$^/g, '');
  expectShown(text, await printed(command), exactly);
});

test('docs/images/flamegraph.svg', async () => {
  const drawn = await printed('sleeper report profile.sleeper --no-idle --no-lines -f flamegraph');
  // The names in the script within are those of the bundle, and change with anything in that.
  const picture = (svg: string): string[] => svg.split(/<script.*<\/script>/s);
  const today = picture(drawn);
  expect(today).toHaveLength(2);
  expect(picture(readDocument('docs/images/flamegraph.svg'))).toEqual(today);
});
