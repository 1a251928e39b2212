import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { complete } from '../../../src/repl/completer.js';
import { ReplContext } from '../../../src/repl/context.js';
import { historyPath, openHistory } from '../../../src/repl/history.js';
import { isIncomplete } from '../../../src/repl/incomplete.js';
import { parseLine } from '../../../src/repl/parseLine.js';
import { verbs } from '../../../src/repl/verbs.js';
import { fakeLive, evaluated, fakePorts } from './fakes.js';

describe('a line', () => {
  test.each([
    ['bt', 'bt', ''],
    ['  where  ', 'bt', ''],
    ['t pay bob', 'thread', 'pay bob'],
    ['thr', null, ''],
    ['thread', 'thread', ''],
    ['threads', 'threads', ''],
    ['info threads', 'threads', ''],
    ['i locals', 'locals', ''],
    ['glo', 'globals', ''],
    ['p(x)', 'p', '(x)'],
    ['p -1', 'p', '-1'],
    ['p == 3', 'p', '== 3'],
    ['print(x)', 'p', '(x)'],
    ['!x = 1', '!', 'x = 1'],
    ['! x', '!', 'x'],
    ['?', 'help', ''],
    ['list .', 'list', '.'],
    ['list 3, 4', 'list', '3, 4'],
    ['dump ./a', 'dump', './a'],
  ])('%s', (line, name, rest) => {
    if (name === null) expect(() => parseLine(verbs, line)).toThrow('no verb thr');
    else expect(parseLine(verbs, line)).toMatchObject({ verb: { name }, rest });
  });

  test.each(['', '   ', '# a remark'])('%p says nothing', (line) => {
    expect(parseLine(verbs, line)).toBeNull();
  });

  test.each([
    ['loclas', 'Did you mean locals?'],
    ['treads', 'Did you mean threads?'],
    ['order.total', 'There is no verb order.'],
    ['locals.x', 'There is no verb locals.'],
    ['list = 3', 'There is no verb list.'],
    ['1 + 2', 'There is no verb 1.'],
  ])('%s is unknown: %s', (line, message) => {
    expect(() => parseLine(verbs, line)).toThrow(message);
    try {
      parseLine(verbs, line);
    } catch (error) {
      expect(error).toMatchObject({ hint: expect.stringContaining(`p ${line}`) });
    }
  });
});

describe('whether Python goes on', () => {
  test.each([
    ['f(1', true],
    ['f(1)', false],
    ['[1,\n2', true],
    ['[1,\n2]', false],
    ['"("', false],
    ["'[' # (", false],
    ['"""a', true],
    ['"""a\nb"""', false],
    ['x \\', true],
    ['"a\\\\"', false],
    ['"open', false],
    [')(', false],
    ['{"a": 1', true],
    ['lambda: 1', false],
  ])('%p: %p', (source, more) => {
    expect(isIncomplete(source, false)).toBe(more);
  });

  test.each([
    ['for x in y:', true],
    ['for x in y: # why', true],
    ['for x in y:\n  f(x)', true],
    ['for x in y:\n  f(x)\n', false],
    ['if a: b', false],
    ['x = {1: 2}', false],
    ['x[1:]', false],
    ['@cached', true],
    ['f(\n1)', false],
    ['x = ":"', false],
  ])('with blocks, %p: %p', (source, more) => {
    expect(isIncomplete(source, true)).toBe(more);
  });
});

describe('completion', () => {
  const live = fakeLive(() => evaluated('1'));
  async function completed(line: string, commands: 'looked' | 'live' = 'looked') {
    const context = new ReplContext(fakePorts({ openLive: () => Promise.resolve(live) }));
    const { signal } = new AbortController();
    await context.snapshot(signal);
    if (commands === 'live') await context.liveTarget(signal);
    return complete(context, verbs, line);
  }

  test.each([
    ['thr', ['thread', 'threads'], 'thr'],
    ['help wh', ['whatis'], 'wh'],
    ['thread mai', ['mailer 1', 'mailer 2'], 'mai'],
    ['p to', ['total'], 'to'],
    ['p f(or', ['order'], 'or'],
    ['!to', ['total'], 'to'],
    ['p order.t', ['order.tax', 'order.total'], 'order.t'],
    ['p order.', ['order.tax', 'order.total'], 'order.'],
    ['p order._', ['order._id'], 'order._'],
    ['p f().t', [], ''],
    ['list to', [], ''],
    ['nonsense to', [], ''],
  ])('%s', async (line, hits, part) => {
    expect(await completed(line)).toEqual([hits, part]);
  });

  test('with a session open, all names that the frame sees', async () => {
    expect(await completed('p l', 'live')).toEqual([['len', 'limit'], 'l']);
  });
});

describe('history', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sleeper-history-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('is in the state directory', () => {
    expect(historyPath({ XDG_STATE_HOME: '/s', HOME: '/h' })).toBe('/s/sleeper/repl_history');
    expect(historyPath({ XDG_STATE_HOME: 'relative', HOME: '/h' })).toBe(
      '/h/.local/state/sleeper/repl_history',
    );
    expect(historyPath({})).toBeNull();
  });

  test('is kept for this user alone, the latest first, without what shall not be kept', () => {
    const path = join(directory, 'a', 'b', 'repl_history');
    const history = openHistory(path);
    for (const line of ['bt', 'bt', '', ' p secret', 'up']) history.add(line);
    expect(readFileSync(path, 'utf8')).toBe('bt\nup\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(openHistory(path).lines).toEqual(['up', 'bt']);
    chmodSync(path, 0o644);
    openHistory(path).add('down');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('does not grow for ever', () => {
    const path = join(directory, 'long');
    writeFileSync(path, Array.from({ length: 3000 }, (_, index) => `p ${index}\n`).join(''));
    expect(openHistory(path).lines).toHaveLength(1000);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1001);
  });

  test('a place that cannot be written is no failure', () => {
    openHistory('/dev/null/sleeper/repl_history').add('bt');
    openHistory(null).add('bt');
  });
});
