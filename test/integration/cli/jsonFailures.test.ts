import { expect, test } from '@jest/globals';
import { exitCodes } from '../../../src/errors.js';
import { processFailure } from '../../../src/model/failure.js';
import { runSleeper } from '../../support/cli.js';
import { startCommand } from '../../support/command.js';
import { schemaErrors } from '../../support/validate.js';

const commands = [
  ['dump', 'dump'],
  ['why', 'why'],
  ['fds', 'fds'],
  ['inject', 'inject'],
  ['inject --status', 'inject'],
  ['repl -c bt', 'repl'],
] as const;

test.each(commands)('%s --json of a process that has ended', async (command, schema) => {
  const ended = await startCommand('sh', ['-c', 'echo ready; read line']);
  await ended.end();
  const { out, err, code } = await runSleeper([...command.split(' '), '--json', String(ended.pid)]);
  const failure = processFailure.parse(JSON.parse(out));
  expect(failure).toMatchObject({ pid: ended.pid, error: { code: 'no-such-process' } });
  expect(schemaErrors(schema, failure)).toEqual([]);
  expect(err).toContain(failure.error.message);
  expect(code).toBe(exitCodes.noProcess);
});
