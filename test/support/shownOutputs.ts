import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { codeBlocks, readDocument, root } from '../unit/docs/markdown.js';
import { isShownBy, shapeOf, type Shape } from '../unit/docs/outputShape.js';

/** An output in a document: its path, and how the block begins. */
type Place = readonly [path: string, beginning: RegExp];

/**
 * The outputs that the documents show, each compared with what is printed today by the test that has its name.
 * test/unit/docs/outputs.test.ts sees to it that none is missing.
 */
export const shownOutputs = {
  repl: ['README.md', /^\(sleeper \d+\) thread pay bob/],
  demo: ['docs/dump.md', /npm run demo/],
  why: ['docs/why.md', /^\$ sleeper why/],
  watch: ['docs/watch.md', /^\$ sleeper watch/],
  tree: ['docs/tree.md', /^\$ sleeper dump --tree/],
  fds: ['docs/fds.md', /^Process \d+ \(python3\)/],
  ps: ['docs/fds.md', /^ *PID +PARENT/],
  gdbAlone: ['docs/loading.md', /^CPython /],
  status: ['docs/loading.md', /: the agent \S+ is loaded/],
  noSuchProcess: ['docs/troubleshooting.md', /^sleeper: There is no process/],
  whereThreadsAre: ['docs/json.md', /\tMainThread\t/],
  tasksThatWait: ['docs/json.md', /^a waits for b/],
  sameStacks: ['docs/json.md', /^2 {2}transfer </],
  oneVariable: ['docs/json.md', /^pay bob: 30/],
  stackLocks: ['docs/json.md', /^pay bob holds /],
  openByKind: ['docs/json.md', /^\d+ {2}device/],
  halfClosed: ['docs/json.md', /^\d+ 127\.0\.0\.1:/],
  innermostByLine: ['docs/json.md', /^\d+ {2}Shop/],
  reportAsJson: ['docs/json.md', /^\{"schemaVersion"/],
  recording: ['docs/record.md', /^\$ sleeper record -p \d+ -d \d+ -r \d+\n/],
  variables: ['docs/record.md', /^\$ sleeper record .*--locals-at/],
  folded: ['docs/record.md', /^\[\.\.\.\]\n<module> \(demo\/shop\.py/],
  native: ['docs/record.md', /^\[\.\.\.\]\n<module> \(demo\/thumbs\.py/],
  difference: ['docs/record.md', /^\[\.\.\.\]\nShares of the samples/],
  lines: ['docs/record.md', /^\{"format":"sleeper recording"/],
} as const satisfies Record<string, Place>;

/** An output as its document shows it. */
export function shown(name: keyof typeof shownOutputs): string {
  const [path, beginning] = shownOutputs[name];
  const block = codeBlocks(readDocument(path)).find(
    ({ language, text }) => language === '' && beginning.test(text),
  );
  if (block === undefined) throw new Error(`${path} shows nothing like ${String(beginning)}`);
  return block.text;
}

/** The command that the document shows in front of an output. */
export function commandOf(name: keyof typeof shownOutputs): string {
  const blocks = codeBlocks(readDocument(shownOutputs[name][0]));
  const index = blocks.findIndex(({ text }) => text === shown(name));
  const command = blocks[index - 1];
  if (command?.language !== 'sh') throw new Error(`no command stands in front of the output ${name}`);
  return command.text;
}

/** Has an output the lines that were shown? */
export function expectShown(text: string, output: string, shape: Shape = shapeOf): void {
  if (!isShownBy(text, output, shape)) expect(shape(output)).toEqual(shape(text));
}

/** What a command line prints that is to succeed. */
export async function printedBy(command: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const path = `${join(fileURLToPath(root), 'bin')}:${process.env['PATH'] ?? ''}`;
  const child = spawn('bash', ['-o', 'pipefail', '-c', command], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: path, CI: 'true', NO_COLOR: '', FORCE_COLOR: '', COLUMNS: '', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command}: exit code ${code}: ${err}`);
  return out;
}
