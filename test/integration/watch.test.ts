import { afterEach, describe, expect, test } from '@jest/globals';
import { oneAtATime } from '../../src/usecases/oneAtATime.js';
import { watch, type Told, type WatchOptions } from '../../src/usecases/watch.js';
import { anyPython, findPythons, type Python } from '../support/pythons.js';
import { footprint, startTarget, statusOf, type Target } from '../support/target.js';

/** A watch that is under way, with what it tells. */
class Watching {
  private readonly told: string[] = [];
  private readonly waiting: ((text: string) => void)[] = [];
  private readonly abort = new AbortController();
  readonly end: Promise<void>;

  constructor(pid: number, options: Partial<WatchOptions>) {
    this.end = watch(pid, {
      sleeperVersion: '0.1.0',
      signal: this.abort.signal,
      beforeInjection: () => Promise.reject(new Error('the agent is not there')),
      log: (text) => this.take(text, /^threads stand still/),
      onEvent: (event) => {
        this.take(textOf(event), /./);
        return Promise.resolve();
      },
      ...{ hangMs: 300, strict: false, lookTurn: oneAtATime() },
      ...options,
    });
    // A test that fails for another reason does not wait for it.
    this.end.catch(() => undefined);
  }

  private take(text: string, what: RegExp): void {
    if (!what.test(text)) return;
    const waiting = this.waiting.shift();
    if (waiting === undefined) this.told.push(text);
    else waiting(text);
  }

  /** What is told next; fails when the watch ends in place of it. */
  async next(): Promise<string> {
    const [first] = this.told.splice(0, 1);
    if (first !== undefined) return first;
    const text = new Promise<string>((resolve) => this.waiting.push(resolve));
    return Promise.race([text, this.end.then(() => 'the end')]);
  }

  async stop(): Promise<void> {
    this.abort.abort(new Error('stopped'));
    await this.end.catch(() => undefined);
  }
}

function textOf(event: Told): string {
  switch (event.event) {
    case 'hang':
      return `hang: ${event.report.reason}`;
    case 'problem':
    case 'ended':
      return `${event.event}: ${event.message}`;
    default:
      return event.event;
  }
}

let target: Target | undefined;
let watching: Watching | undefined;
afterEach(async () => {
  await watching?.stop();
  target?.kill();
  target = watching = undefined;
});

async function start(python: Python, script: string, args: string[], options: Partial<WatchOptions> = {}) {
  target = await startTarget(python.executable, script, args);
  watching = new Watching(target.pid, options);
  expect(await watching.next()).toBe('watching');
  return { target, watching };
}

/** One of each kind of lock and of GIL; the looks themselves are tested elsewhere. */
const kinds = ['2.7.', '3.8.', '3.13.'].flatMap(
  (kind) => findPythons().find(({ version }) => version.startsWith(kind)) ?? [],
);

describe.each(kinds)('on $label', (python) => {
  test('a hang is told once, and the next one again', async () => {
    const { target, watching } = await start(python, 'watched.py', []);
    const before = footprint(target.pid);
    expect(await watching.next()).toMatch(/^threads stand still, but it is no hang: not hung: /);
    for (let hang = 0; hang < 2; hang++) {
      target.child.stdin?.write('hang\n');
      expect(await watching.next()).toMatch(
        /^hang: no progress: thread "MainThread" \(\d+\) waits in <module> \(watched.py:\d+\) for Lock 0x/,
      );
      target.child.stdin?.write('go\n');
      expect(await watching.next()).toBe('progress');
      expect(await watching.next()).toMatch(/^threads stand still, but it is no hang/);
    }
    expect(statusOf(target.pid).tracerPid).toBe(0);
    expect(footprint(target.pid)).toEqual(before);
    expect(await target.end()).toBe(0);
    expect(await watching.next()).toBe(`ended: Process ${target.pid} has ended.`);
    await watching.end;
    expect(await target.output).toBe('hangs\ngoes on\nhangs\ngoes on\n');
  });

  test('what sleeper why calls hung is a hang', async () => {
    const { watching } = await start(python, 'zoo.py', ['abba']);
    expect(await watching.next()).toMatch(/^hang: deadlock: thread "ab" /);
  });
});

describe('what is called a hang', () => {
  test.each(['server', 'asyncio_idle', 'until_signal', 'multiprocessing_pool'])(
    'not %s, which is well',
    async (scenario) => {
      const { watching } = await start(anyPython(), 'zoo.py', [scenario]);
      expect(await watching.next()).toMatch(/^threads stand still, but it is no hang: not hung/);
    },
  );

  test('a GIL that is not given up', async () => {
    const { watching } = await start(anyPython(), 'zoo.py', ['gil'], { hangMs: 1500 });
    expect(await watching.next()).toMatch(/^hang: the GIL is held by thread /);
  });
});
