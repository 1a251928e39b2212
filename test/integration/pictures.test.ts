import { execFileSync } from 'node:child_process';
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
import { codeBlocks, readDocument, root } from '../unit/docs/markdown.js';
import { isShownBy, shapeOf } from '../unit/docs/outputShape.js';

/** Outputs and pictures in the documents are of demo/hung_worker.py: it must be told today as it is shown there. */

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

/** The block of a document that shows an output which begins so. */
function shown(path: string, beginning: RegExp): string {
  const block = codeBlocks(readDocument(path)).find(({ text }) => beginning.test(text));
  if (block === undefined) throw new Error(`${path} shows nothing like ${String(beginning)}`);
  return block.text;
}

function expectShown(text: string, output: string): void {
  if (!isShownBy(text, output)) expect(shapeOf(output)).toEqual(shapeOf(text));
}

/** What a command prints in the directory of the worker. */
async function printed(args: readonly string[]): Promise<string> {
  const { code, out, err } = await runSleeper([...args], { cwd: place });
  if (code !== 0) throw new Error(err);
  return out;
}

describe('outputs in the documents', () => {
  test('README.md: repl', async () => {
    const commands = ['thread pay bob', 'p source.owner'];
    const text = shown('README.md', /^\(sleeper \d+\) thread pay bob/).replace(/^\(sleeper \d+\) .*\n/gm, '');
    const options = commands.flatMap((command) => ['-c', command]);
    expectShown(text, await printed(['repl', String(worker.pid), ...options]));
  });

  test('docs/dump.md: the demo', async () => {
    const text = shown('docs/dump.md', /npm run demo/).replace(/^(?:.*\n)*?\n/, '');
    expectShown(text, await inTerminal(`sleeper dump ${worker.pid} --fds`, 200));
  });

  test('docs/why.md', async () => {
    const text = shown('docs/why.md', /^\$ sleeper why/).replace(/^\$.*\n/, '');
    expectShown(text, await printed(['why', String(worker.pid)]));
  });

  test('docs/loading.md: gdb alone', () => {
    const text = shown('docs/loading.md', /^CPython /);
    const script = fileURLToPath(new URL('gdb-scripts/sleeper.gdb', root));
    const options = ['-ex', 'sleeper-bt', '-ex', 'detach', '-ex', 'quit'];
    const output = execFileSync('gdb', ['-batch', '-p', String(worker.pid), '-x', script, ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expectShown(`[...]\n${text}`, output);
  });
});
