import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from '@jest/globals';

/**
 * Compares a text with a checked-in file of test/golden. `UPDATE_GOLDEN=1 npm run test:unit` writes the files anew:
 * read the difference before you commit it.
 */
export function expectGolden(text: string, name: string): void {
  const file = new URL(`../golden/${name}`, import.meta.url).pathname;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}
