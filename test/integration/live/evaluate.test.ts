import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Evaluated, FrameReference, LiveAnswer, LiveTarget } from '../../../src/live/liveTarget.js';
import { findPythons } from '../../support/pythons.js';
import { frameOf, startLive, type LiveProcess } from './liveProcess.js';

describe.each(findPythons())('$label: questions to a frame', (python) => {
  let process_: LiveProcess;
  let live: LiveTarget;
  let inner: FrameReference;
  let work: FrameReference;
  beforeAll(async () => {
    process_ = await startLive(python.executable);
    live = await process_.open();
    inner = await frameOf(process_, live, 'inner', 'inner');
    work = await frameOf(process_, live, 'inner', 'work');
  });
  afterAll(async () => {
    await live.close();
    process_.kill();
  });

  const ask = (
    source: string,
    frame: FrameReference | null = work,
    mode: 'expression' | 'statement' = 'expression',
  ): Promise<LiveAnswer<Evaluated>> => live.evaluate({ frame, source, mode });
  const text = async (source: string, frame: FrameReference | null = work): Promise<string | undefined> => {
    const answer = await ask(source, frame);
    if (answer.kind !== 'answer') return JSON.stringify(answer);
    return answer.value.value?.text ?? answer.value.exception?.traceback;
  };
  const run = (source: string, frame: FrameReference | null = work) => ask(source, frame, 'statement');

  test('arguments, locals, cells and free variables, globals and builtins', async () => {
    expect(await text('(argument, number, len(items), quiet)')).toBe("('argument', 42, 3, Quiet('one'))");
    expect(await text('free, mine', inner)).toBe("('free', 'mine')");
    expect(await text('module_global')).toBe("['global']");
    expect(await text('__name__', null)).toBe("'__main__'");
  });

  test('functions inside of the expression see the variables too', async () => {
    expect(await text('[number for _ in range(2)]')).toBe('[42, 42]');
    expect(await text('(lambda: [free for _ in range(2)] + [mine])()', inner)).toBe(
      "['free', 'free', 'mine']",
    );
    expect(await text('sorted(set(number + i for i in range(3)))')).toBe('[42, 43, 44]');
  });

  test('what it raises comes back as text, without a frame of the agent', async () => {
    expect(await text('1 // 0')).toMatch(
      /^Traceback \(most recent call last\):\n {2}File "<expression>", line 1, in <module>\nZeroDivisionError: .*$/,
    );
    expect(await text('(lambda: nowhere + number)()')).toMatch(
      /^Traceback .*\n {2}File "<expression>", line 1, in <lambda>\nNameError: .*nowhere.*$/,
    );
    expect(await text('1 +')).toMatch(/^ {2}File "<expression>", line 1\n {4}1 \+\n *\^\nSyntaxError: /);
    const answer = await ask('__import__("sys").exit(7)');
    expect(answer).toMatchObject({ kind: 'answer', value: { exception: { type: 'SystemExit' } } });
  });

  test('statements change variables, module globals, and nothing else', async () => {
    expect(await run('number = 43')).toMatchObject({
      kind: 'answer',
      value: { value: null, exception: null },
    });
    expect(await text('number')).toBe('43');
    await run('number = sum([number for _ in range(2)]) + (lambda: number)()');
    expect(await text('number')).toBe('129');
    await run('global module_global\nmodule_global = ["changed"]');
    expect(await process_.tell('global')).toBe("['changed']");
    await run('for i in range(3):\n    items.append(i)\n');
    expect(await text('items[3:]')).toBe('[0, 1, 2]');
    await run('free = "other"');
    expect(await text('free', inner)).toBe("'other'");
    await run('fresh = 1', null);
    expect(await text('fresh', null)).toBe('1');
  });

  test('a statement of a frame that runs does not take its progress back', async () => {
    const counting = await frameOf(process_, live, 'counting', 'counting');
    const count = async (): Promise<number> => Number(await text('count', counting));
    let before = await count();
    for (let round = 0; round < 20; round++) {
      await run(`changed = ${round}; [0 for _ in range(2000)]`, counting);
      const now = await count();
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
    expect(await text('changed', counting)).toBe('19');
  });

  test('the text is cut, and pretty where wanted', async () => {
    const long = await live.evaluate({
      frame: null,
      source: '"x" * 100000',
      mode: 'expression',
      maxLength: 50,
    });
    expect(long).toMatchObject({ value: { value: { text: `'${'x'.repeat(49)}...`, total: 100002 } } });
    const pretty = await live.evaluate({
      frame: null,
      source: '[("a" * 40, 1), {"b" * 30: ["c" * 30, 2]}]',
      mode: 'expression',
      pretty: true,
    });
    expect(pretty).toMatchObject({
      value: {
        value: {
          text: `[('${'a'.repeat(40)}', 1),\n {'${'b'.repeat(30)}': ['${'c'.repeat(30)}', 2]}]`,
        },
      },
    });
    expect(await text('u"\\u20ac\\ud83d\\ude00\\x00\\x1b" + u"\\""', null)).toBeDefined();
  });

  test('what the frame has become is said', async () => {
    const counting = await frameOf(process_, live, 'counting', 'counting');
    expect(await ask('count', { ...counting, line: 1 })).toMatchObject({ value: { moved: true } });
    expect(await ask('number', { ...work, ident: 12 })).toEqual({
      kind: 'gone',
      reason: 'its thread has ended',
    });
    expect(await ask('number', { ...work, depth: 99 })).toEqual({
      kind: 'gone',
      reason: 'work() has returned',
    });
    expect(await ask('number', { ...work, function: 'other' })).toEqual({
      kind: 'gone',
      reason: 'other() has returned, and work() runs in its place',
    });
    const [nearest = 0, ...others] = work.callers;
    expect(await ask('number', { ...work, callers: [(nearest ?? 0) + 1, ...others] })).toEqual({
      kind: 'gone',
      reason: expect.stringMatching(
        `^that call of work\\(\\) has returned: \\w+\\(\\) is at line ${nearest} now, not ${(nearest ?? 0) + 1}$`,
      ) as unknown as string,
    });
    expect(await ask('number', { ...work, callers: [null, ...others] })).toMatchObject({ kind: 'answer' });
  });

  test('what something is', async () => {
    const describe_ = (source: string) => live.describe({ frame: work, source, mode: 'expression' });
    expect(await describe_('attributes.method')).toMatchObject({
      value: { signature: '(first, second=2, *rest, **named)', doc: 'What it does.' },
    });
    expect(await describe_('quiet')).toMatchObject({ value: { type: '__main__.Quiet', module: '__main__' } });
    // Before 3.7 not all that is written in C has a signature.
    for (const [source, signature] of [
      ['len', '(obj, /)'],
      ['items.clear', '()'],
      ['items.append', '(object, /)'],
    ])
      if (python.short >= 0x0307) expect(await describe_(source!)).toMatchObject({ value: { signature } });
    expect(await describe_('number')).toMatchObject({ value: { type: 'int' } });
    expect(await describe_('nowhere')).toMatchObject({
      kind: 'gone',
      reason: expect.stringContaining('NameError') as unknown as string,
    });
  });

  test('completion runs no code of the target', async () => {
    const names = async (dotted: string): Promise<string[]> => {
      const answer = await live.complete(work, dotted);
      return answer.kind === 'answer' ? answer.value : [];
    };
    expect(await names('')).toEqual(
      expect.arrayContaining(['argument', 'number', 'module_global', 'len', 'Quiet']),
    );
    expect(await names('attributes')).toEqual(
      expect.arrayContaining(['inner', 'plain', 'costly', 'method', 'ran']),
    );
    expect(await names('attributes.inner')).toContain('name');
    expect(await names('attributes.costly.inner')).toEqual([]);
    expect(await names('threading')).toContain('Event');
    expect(await names('attributes.nothing')).toEqual([]);
    expect(await process_.tell('ran')).toBe('');
  });

  test('nothing of it is left in the interpreter', async () => {
    const modules = await process_.tell('modules');
    const active = await process_.tell('active');
    await text('__import__("threading").current_thread().name');
    await text('number');
    expect(await process_.tell('active')).toBe(active);
    expect(await process_.tell('modules')).toBe(modules);
  });
});
