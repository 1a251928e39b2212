import { describe, expect, test } from '@jest/globals';
import { jsonSchemas } from '../../../src/model/jsonSchemas.js';
import { replAnswer } from '../../../src/model/replAnswer.js';
import { linesOf, type Input, type LineSource } from '../../../src/repl/lineSource.js';
import { forbiddenWord } from '../../../src/repl/verbs/gdb.js';
import { verbs } from '../../../src/repl/verbs.js';
import { aSnapshot, aThread } from '../../support/snapshots.js';
import { evaluated, fakeInspector, fakeLive, run, worker } from './fakes.js';

/** What a person sees of the last of these commands. */
async function last(commands: string[], ports: Parameters<typeof run>[1] = {}): Promise<string> {
  const { texts } = await run(commands, ports);
  return texts.at(-1) ?? '';
}

/** A person at a terminal. */
function person(lines: Input[]): LineSource {
  return {
    interactive: true,
    continues: true,
    next: () => Promise.resolve(lines.shift() ?? { kind: 'end' }),
    close: () => undefined,
  };
}

function typed(...lines: string[]): LineSource {
  return person(lines.map((text) => ({ kind: 'line', text })));
}

describe('threads and frames', () => {
  test('threads have numbers, which a new snapshot does not change', async () => {
    const inspector = fakeInspector();
    const { answers } = await run(['threads'], { inspector });
    expect(answers[0]).toMatchObject({
      result: { threads: [{ number: 1, current: true }, { number: 2 }, { number: 3 }] },
    });
    const [main, , third] = worker.threads;
    const source = typed('threads', 'refresh', 'threads');
    const next = source.next.bind(source);
    let asked = 0;
    source.next = (prompt) => {
      if (asked++ === 1) {
        inspector.snapshot = { ...worker, threads: [main!, third!, aThread(4300, 'new')] };
      }
      return next(prompt);
    };
    const later = await run(source, { inspector });
    expect(later.answers[2]).toMatchObject({
      result: { threads: [{ number: 1 }, { number: 3 }, { number: 4, name: 'new' }] },
    });
  });

  test.each([
    ['2', 'mailer 1'],
    ['4243', 'mailer 1'],
    ['mailer 2', 'mailer 2'],
    ['"mailer 2"', 'mailer 2'],
    ['Main', 'MainThread'],
  ])('thread %s chooses %s', async (wanted, name) => {
    expect((await run([`thread ${wanted}`])).answers[0]).toMatchObject({
      ok: true,
      result: { thread: { name } },
    });
  });

  test('a thread that is not there, or not the only one, is refused with those there are', async () => {
    const { answers } = await run(['thread mailer', 'thread 9']);
    for (const answer of answers)
      expect(answer).toMatchObject({ ok: false, error: { code: 'no-such-thread' } });
    expect(answers[1]).toMatchObject({ error: { hint: expect.stringContaining('2: 4243 "mailer 1"') } });
  });

  test('bt marks the chosen frame; up and down move, and say where the stack ends', async () => {
    const { texts, answers } = await run(['up', 'bt', 'up', 'down', 'down', 'frame 7', 'bt 1']);
    expect(texts[0]).toBe('> #1  main (worker.py:6)\n      > work(first)');
    expect(texts[1]).toContain('  #0  work (worker.py:3)\n      > pay(order)\n> #1  main');
    expect(texts[2]).toBe('This is the oldest frame.');
    expect(texts[4]).toBe('This is the newest frame.');
    expect(answers[5]).toMatchObject({ error: { code: 'no-such-frame' } });
    expect(texts[6]).toContain('… 1 more frame');
  });

  test('the frame stays chosen after a refresh when it is still there, whatever was called meanwhile', async () => {
    const inspector = fakeInspector();
    const [main] = worker.threads;
    const frames = main!.python!.frames;
    const source = typed('up', 'refresh', 'frame');
    const next = source.next.bind(source);
    let asked = 0;
    source.next = (prompt) => {
      if (asked++ !== 1) return next(prompt);
      const deeper = { ...main!.python!, frames: [frames[0]!, ...frames] };
      inspector.snapshot = aSnapshot({ threads: [{ ...main!, python: deeper }] });
      return next(prompt);
    };
    const { answers } = await run(source, { inspector });
    expect(answers[2]).toMatchObject({ result: { frame: { function: 'main' } } });
  });

  test('bt full, locals, args and globals show values', async () => {
    const { texts } = await run(['bt full', 'locals', 'args', 'globals', 'thread 3', 'locals']);
    expect(texts[0]).toContain('total = 12.5');
    expect(texts[1]).toBe('order = <Order 7>\ntotal = 12.5');
    expect(texts[2]).toBe('order = <Order 7>');
    expect(texts[3]).toBe('limit = 3');
    expect(texts[5]).toContain('no Python frames');
  });
});

describe('list', () => {
  test('marks the line, goes on, says where the file ends, and returns', async () => {
    const { texts } = await run(['list', 'list', 'list .', 'list 2, 3', 'list 5, 1', 'list x']);
    expect(texts[0]).toContain('\n  2      total = order.total\n> 3      pay(order)\n');
    expect(texts[1]).toBe('The file ends here.');
    expect(texts[2]).toBe(texts[0]);
    expect(texts[3]).toBe('worker.py\n  2      total = order.total\n> 3      pay(order)');
    expect(texts[4]).toBe('worker.py\n  5  def main():\n  6      work(first)');
    expect(texts[5]).toContain('does not understand');
  });

  test('an empty line repeats list, up and down at a terminal, and nothing else', async () => {
    const { answers } = await run(typed('list', '', 'up', '', 'gil', ''));
    expect(answers.map(({ command }) => command)).toEqual(['list', 'list', 'up', 'up', 'gil']);
    expect((await run(['list', ''])).answers).toHaveLength(1);
  });

  test('a file that was changed is not shown', async () => {
    const ports = { sourceOf: () => () => ({ kind: 'changed' as const }) };
    expect(await last(['list'], ports)).toContain('was changed after the process started');
  });
});

describe('expressions', () => {
  test('p asks in the chosen frame', async () => {
    const live = fakeLive(() => evaluated('42'));
    const { texts } = await run(['up', 'p 6 * 7', 'pp x'], { openLive: () => Promise.resolve(live) });
    expect(texts[1]).toBe('42');
    expect(live.asked[0]).toMatchObject({
      frame: { ident: 4242 + 140_000_000_000_000, depth: 0, function: 'main', line: 6, callers: [] },
      source: '6 * 7',
      mode: 'expression',
      pretty: false,
    });
    expect(live.asked[1]).toMatchObject({ pretty: true });
    expect(live.closed).toBe(true);
  });

  test('a value of several lines, a cut one, one that is no repr, one with escapes', async () => {
    const value = {
      text: 'a\nb\u001b[2J',
      type: 'X',
      how: 'raw' as const,
      reason: 'repr timed out',
      total: 900,
    };
    const live = fakeLive(() => evaluated('', { value, moved: true, line: 9 }));
    expect((await last(['p x'], { openLive: () => Promise.resolve(live) })).split('\n')).toEqual([
      'a',
      'b\\x1b[2J',
      '… 7 of 900 characters shown',
      '[not its repr(): repr timed out]',
      'The frame has moved on since it was shown: it is at line 9 now.',
    ]);
  });

  test.each([
    [{ kind: 'gone', reason: 'it has returned.' }, 'frame-gone'],
    [{ kind: 'interrupted', by: 'deadline' }, 'evaluation-interrupted'],
    [{ kind: 'stuck', tid: 77, by: 'signal' }, 'evaluation-stuck'],
    [{ kind: 'over', reason: 'it ended.' }, 'session-over'],
    [{ kind: 'noGil' }, 'no-gil'],
  ] as const)('an answer of kind %p is the error %s', async (answer, code) => {
    const openLive = () => Promise.resolve(fakeLive(() => answer));
    expect((await run(['p f()'], { openLive })).answers[0]).toMatchObject({ ok: false, error: { code } });
  });

  test('what was raised is the message', async () => {
    const exception = { type: 'NameError', message: "name 'x' is not defined", traceback: '' };
    const openLive = () => Promise.resolve(fakeLive(() => evaluated('', { value: null, exception })));
    expect(await last(['p x'], { openLive })).toBe("NameError: name 'x' is not defined");
  });

  test('without the GIL a plain name is answered from memory, and it is said who has it', async () => {
    const openLive = () => Promise.resolve(fakeLive(() => ({ kind: 'noGil' })));
    const text = await last(['p total'], { openLive });
    expect(text).toMatch(/^12\.5\n\[not its repr\(\): the GIL was not to be had; it is held by thread 4243/);
  });

  test('a session that is over is opened anew', async () => {
    const lives = [fakeLive(() => ({ kind: 'over', reason: 'x' })), fakeLive(() => evaluated('1'))];
    const all = [...lives];
    const { texts } = await run(['p a', 'p a'], { openLive: () => Promise.resolve(lives.shift()!) });
    expect(texts[1]).toBe('1');
    expect(all.map(({ closed }) => closed)).toEqual([true, true]);
  });

  test('while it is paused plain names are answered from memory, and nothing else', async () => {
    const live = fakeLive(() => evaluated('42'));
    const { texts, answers } = await run(
      ['pause', 'p total', 'p total + 1', 'whatis total', 'resume', 'p total'],
      {
        openLive: () => Promise.resolve(live),
      },
    );
    expect(texts[1]).toBe('12.5\n[not its repr(): the process is paused]');
    for (const index of [2, 3]) expect(answers[index]).toMatchObject({ error: { code: 'paused' } });
    expect(texts[5]).toBe('42');
  });

  test('whatis', async () => {
    expect(await last(['whatis order'])).toBe('shop.Order(number)\ndefined in shop.py:3\nOne order.');
  });

  test('watch shows the value as often as it is told to', async () => {
    let value = 0;
    const openLive = () => Promise.resolve(fakeLive(() => evaluated(String(value++))));
    const { texts } = await run(['watch n every 0.5 times 3'], { openLive });
    expect(texts.slice(0, 3)).toEqual(['12:00:00.000  0', '12:00:00.000  1', '12:00:00.000  2']);
  });
});

describe('statements', () => {
  test('are refused where nobody can be asked, unless --yes was given', async () => {
    expect((await run(['!x = 1'])).answers[0]).toMatchObject({ error: { code: 'statement-refused' } });
    expect((await run(['!x = 1'], { yes: true })).answers[0]).toMatchObject({ ok: true });
  });

  test('are asked for once', async () => {
    const live = fakeLive(() => evaluated('', { value: null }));
    const said = [false, true];
    let asked = 0;
    const confirm = () => Promise.resolve(said[asked++] ?? false);
    const { texts } = await run(['!x = 1', '!x = 2', '! x = 3'], {
      confirm,
      openLive: () => Promise.resolve(live),
    });
    expect(texts[0]).toBe('Not done.');
    expect(asked).toBe(2);
    expect(live.asked.map(({ source }) => source)).toEqual(['x = 2', 'x = 3']);
  });

  test('make the snapshot outdated', async () => {
    const inspector = fakeInspector();
    await run(['locals', '!x = 1', 'locals'], { inspector, yes: true });
    expect(inspector.calls.filter((call) => call === 'refresh')).toHaveLength(2);
  });

  test('go on over several lines', async () => {
    const live = fakeLive(() => evaluated('', { value: null }));
    await run(typed('!for x in y:', '  f(x)', '', 'p (1,', '2)'), {
      yes: true,
      openLive: () => Promise.resolve(live),
    });
    expect(live.asked.map(({ source }) => source)).toEqual(['for x in y:\n  f(x)', '(1,\n2)']);
  });

  test('that are given up half-way are not done', async () => {
    const live = fakeLive(() => evaluated('1'));
    const source = person([
      { kind: 'line', text: 'p (1,' },
      { kind: 'interrupted' },
      { kind: 'line', text: 'p 2' },
    ]);
    await run(source, { openLive: () => Promise.resolve(live) });
    expect(live.asked.map((each) => each.source)).toEqual(['2']);
  });
});

describe('gdb', () => {
  test('its output is stripped of all that a terminal would do', async () => {
    expect(await last(['gdb info threads'])).toBe('red and ');
  });

  test.each([
    ['continue', 'continue'],
    ['c', 'continue'],
    ['  k', 'kill'],
    ['thread apply all continue', 'continue'],
    ['thread apply 1 2 -q kill', 'kill'],
    ['with print pretty -- detach', 'detach'],
    ['print-object', null],
    ['info threads', null],
    ['thread apply all bt', null],
    ['thread apply all -s bt full', null],
    ['set var $x = 1', null],
    ['show version', null],
    ['x/4i $pc', null],
    ['signals', null],
    ['next', 'next'],
    ['q', 'quit'],
    ['call (int)f()', 'call'],
  ])('%s: %s', (command, word) => {
    expect(forbiddenWord(command)).toBe(word);
  });

  test.each([
    ['gdb kill', 'gdb-forbidden'],
    ['gdb print "ü"', 'gdb-not-ascii'],
    ['gdb', 'verb-usage'],
  ])('%s is refused: %s', async (command, code) => {
    const inspector = fakeInspector();
    expect((await run([command], { inspector })).answers[0]).toMatchObject({ error: { code } });
    expect(inspector.calls).toEqual(['let go']);
  });
});

describe('the loop', () => {
  test('every answer fits the schema', async () => {
    const commands = verbs.flatMap(
      ({ name }) =>
        ({
          p: ['p 1'],
          pp: ['pp 1'],
          '!': ['!x = 1'],
          whatis: ['whatis x'],
          watch: ['watch x times 2'],
          gdb: ['gdb x'],
          quit: [],
        })[name] ?? [name],
    );
    const { answers } = await run([...commands, 'nonsense', 'help bt', 'modules o', 'dump f.json'], {
      yes: true,
    });
    expect(answers.filter(({ ok }) => !ok).map(({ command }) => command)).toEqual(['nonsense']);
    for (const answer of answers) expect(replAnswer.safeParse(answer).error).toBeUndefined();
    expect(Object.keys(jsonSchemas())).toContain('repl.json');
  });

  test('a failed command is no reason to stop, but is known at the end', async () => {
    const { answers, end } = await run(['loclas', 'locals', '# a remark', '']);
    expect(answers.map(({ ok }) => ok)).toEqual([false, true]);
    expect(end).toEqual({ failed: true, processOver: false });
    expect((await run(['locals'])).end.failed).toBe(false);
  });

  test('nothing comes after quit', async () => {
    expect((await run(['quit', 'locals'])).answers).toHaveLength(1);
  });

  test('the end of the process is the end', async () => {
    const inspector = fakeInspector();
    inspector.ended = true;
    const { end, answers } = await run(['locals', 'locals'], { inspector });
    expect({ end, answers }).toEqual({ end: { failed: true, processOver: true }, answers: [] });
    expect(inspector.calls.at(-1)).toBe('let go');
  });

  test('whatever happens, the process is let go and the session closed', async () => {
    const live = fakeLive(() => evaluated('1'));
    const inspector = fakeInspector();
    await run(['p 1', 'pause'], { inspector, openLive: () => Promise.resolve(live) });
    expect(inspector.calls.at(-1)).toBe('let go');
    expect(live.closed).toBe(true);
  });

  test('an abort ends it while a line is waited for', async () => {
    const abort = new AbortController();
    const forever: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<string>>(() => undefined) }),
    };
    const inspector = fakeInspector();
    const running = run(
      linesOf(forever, () => undefined),
      { inspector },
      abort.signal,
    );
    abort.abort(new Error('hung up'));
    await expect(running).rejects.toThrow('hung up');
    expect(inspector.calls).toEqual(['let go']);
  });

  test('detach leaves the process alone, and the next command looks again', async () => {
    const live = fakeLive(() => evaluated('1'));
    const inspector = fakeInspector();
    await run(['p 1', 'detach', 'locals'], { inspector, openLive: () => Promise.resolve(live) });
    expect(inspector.calls).toEqual(['refresh', 'let go', 'refresh', 'let go']);
  });

  test('dump FILE writes text, or JSON where the name says so', async () => {
    const written = new Map<string, string>();
    const writeFile = (path: string, text: string): void => void written.set(path, text);
    await run(['dump a.txt', 'dump b.json'], { writeFile });
    expect(written.get('a.txt')).toMatch(/^Process 4242: /);
    expect(JSON.parse(written.get('b.json') ?? '')).toEqual(worker);
  });
});
