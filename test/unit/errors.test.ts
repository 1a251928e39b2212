import { describe, expect, test } from '@jest/globals';
import { SleeperError, asSleeperError, errors, exitCodes } from '../../src/errors.js';

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

describe('what a process that has ended leaves behind', () => {
  const failure = (code: string, path: string): Error =>
    Object.assign(new Error(`${code}: open '${path}'`), { code, path });

  test('is told as that', () => {
    // Above the highest id that the kernel gives (PID_MAX_LIMIT).
    expect(asSleeperError(failure('ENOENT', '/proc/4194305/maps'))).toMatchObject({
      code: 'no-such-process',
    });
  });

  test.each([
    failure('ENOENT', `/proc/${process.pid}/nothing`),
    failure('EACCES', '/proc/4194305/maps'),
    failure('ENOENT', '/etc/nothing'),
    null,
  ])('%s is not', (error) => {
    expect(asSleeperError(error)).toMatchObject({ code: 'unexpected' });
  });
});
