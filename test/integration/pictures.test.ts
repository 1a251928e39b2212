import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  columns,
  inTerminal,
  place,
  play,
  scenes,
  setUp,
  startHungWorker,
  tearDown,
} from '../../demo/pictures/scenes.js';
import { terminalSvg, textOfSvg } from '../../demo/pictures/terminalSvg.js';
import { runSleeper } from '../support/cli.js';
import { anyPython } from '../support/pythons.js';
import { commandOf, expectShown, printedBy, shown } from '../support/shownOutputs.js';
import { sleeper, startTarget } from '../support/target.js';
import { readDocument, root } from '../unit/docs/markdown.js';
import { shapeOf } from '../unit/docs/outputShape.js';

/**
 * Most outputs and pictures in the documents are of demo/hung_worker.py: it must be told today as it is shown there.
 * Those of a server are in documentedServer.test.ts, those of recordings in documentedRecordings.test.ts.
 */

let worker: Awaited<ReturnType<typeof startHungWorker>>;

beforeAll(async () => {
  setUp();
  worker = await startHungWorker();
});

afterAll(() => {
  worker.kill('SIGKILL');
  tearDown();
});

/** `npm run pictures` makes them anew. */
describe('docs/images', () => {
  test.each(Object.entries(scenes))('%s.svg shows what is printed today', async (name, command) => {
    const drawn = textOfSvg(readDocument(`docs/images/${name}.svg`)).join('\n');
    const today = textOfSvg(terminalSvg(await play(command(worker.pid)), columns)).join('\n');
    expect(shapeOf(drawn)).toEqual(shapeOf(today));
  });

  test('flamegraph.svg is as sleeper draws it today, of functions that demo/shop.py has', () => {
    const drawn = readDocument('docs/images/flamegraph.svg');
    const shop = readDocument('demo/shop.py');
    for (const part of ['web/flamegraph.css', 'web/flamegraph.js']) {
      const rule = readDocument(part).trim().split('\n').slice(0, 3).join('\n');
      expect(drawn).toContain(rule);
    }
    const functions = [...drawn.matchAll(/\bShop\.(\w+)(?![\w…])/g)].map(([, name = '']) => name);
    expect(functions.length).toBeGreaterThan(3);
    expect(functions.filter((name) => !shop.includes(`def ${name}(`))).toEqual([]);
  });

  test('they are small', () => {
    const bytes = (name: string): number => statSync(new URL(`docs/images/${name}`, root)).size;
    expect(bytes('page.png')).toBeLessThan(150_000);
    expect(bytes('flamegraph.svg')).toBeLessThan(100_000);
  });
});

/** What a command prints in the directory of the worker, of the worker as process 1234. */
function printed(command: string): Promise<string> {
  const here = command
    .replaceAll('1234', String(worker.pid))
    .replaceAll('select(.agent)', `select(.pid == ${worker.pid})`);
  return printedBy(here, place);
}

describe('outputs in the documents', () => {
  test('README.md: repl', async () => {
    const text = shown('repl').replace(/^\(sleeper \d+\) .*\n/gm, '');
    expectShown(text, await printed("sleeper repl 1234 -c 'thread pay bob' -c 'p source.owner'"));
  });

  test('docs/dump.md: the demo', async () => {
    const text = shown('demo').replace(/^(?:.*\n)*?\n/, '');
    expectShown(text, await inTerminal(`sleeper dump ${worker.pid} --fds`, 200));
  });

  test('docs/why.md', async () => {
    expectShown(shown('why').replace(/^\$.*\n/, ''), await printed('sleeper why 1234'));
  });

  test('docs/loading.md: inject --status', async () => {
    expectShown(shown('status'), await printed('sleeper inject --status 1234'));
  });

  test('docs/loading.md: gdb alone', async () => {
    const command = commandOf('gdbAlone').replace('gdb-scripts', fileURLToPath(new URL('gdb-scripts', root)));
    expectShown(`[...]\n${shown('gdbAlone')}`, await printed(command.replace('gdb ', 'gdb -batch ')));
  });

  test.each(['whereThreadsAre', 'sameStacks', 'oneVariable', 'stackLocks'] as const)(
    'docs/json.md: %s',
    async (name) => expectShown(shown(name), await printed(commandOf(name))),
  );

  test('docs/json.md: openByKind', async () => {
    // What the test itself has inherited is open in it, too.
    const text = shown('openByKind').replaceAll('\n', '\n[...]\n');
    expectShown(text, await printed(commandOf('openByKind')));
  });

  test('docs/json.md: tasksThatWait', async () => {
    const target = await startTarget(anyPython().executable, 'asyncio_zoo.py', ['pair']);
    const command = commandOf('tasksThatWait').replaceAll('1234', String(target.pid));
    expectShown(shown('tasksThatWait'), await printedBy(command, place));
    target.kill();
  });

  test('docs/json.md: halfClosed', async () => {
    const target = await startTarget(anyPython().executable, 'half_closed.py', [], { bare: true });
    const command = commandOf('halfClosed').replaceAll('1234', String(target.pid));
    expectShown(shown('halfClosed'), await printedBy(command, place));
    expect(await target.end()).toBe(0);
  });

  test('docs/troubleshooting.md: there is no such process', async () => {
    // Above the kernel's largest.
    const { err } = await runSleeper(['dump', String(2 ** 22 + 1)]);
    expectShown(shown('noSuchProcess'), err);
  });
});

// The last: its worker ends.
test('docs/watch.md: a hang, and the end of the process', async () => {
  const args = ['watch', String(worker.pid), '--hang', '300ms', '--output', 'hangs'];
  const watch = spawn(sleeper, args, { cwd: place, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  watch.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (/^ {2}written to .*\n/m.test(output)) worker.kill('SIGKILL');
  });
  expect(await once(watch, 'close')).toEqual([0, null]);
  expectShown(shown('watch').replace(/^\$.*\n/, ''), output);
});
