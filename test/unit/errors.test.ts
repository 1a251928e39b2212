import { expect, test } from '@jest/globals';
import { SleeperError, errors, exitCodes } from '../../src/errors.js';

test('an error says what happened and what to do next', () => {
  const error = errors.noSuchProcess(12);
  expect(error).toBeInstanceOf(SleeperError);
  expect(error.message).toBe('There is no process 12.');
  expect(error.hint).toContain('sleeper ps');
  expect(exitCodes[error.exit]).toBe(4);
});

test('exit codes are distinct', () => {
  const codes = Object.values(exitCodes);
  expect(new Set(codes).size).toBe(codes.length);
});
