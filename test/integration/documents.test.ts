import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runSleeper } from '../support/cli.js';
import { anyPython } from '../support/pythons.js';
import { sleeper, startTarget, type Target } from '../support/target.js';
import { commandsInText, documentedCommands, documentedVerbs } from '../unit/docs/commandLines.js';
import { documents } from '../unit/docs/markdown.js';

/**
 * The commands that cannot be carried out here, and why. test/unit/docs/commands.test.ts sees to it that sleeper knows
 * their options.
 */
const notRun: readonly { readonly command: RegExp; readonly why: string }[] = [
  { command: /^npm (test|run demo)$/, why: '.ci/run does it' },
  { command: /^npm run (storm|bench)/, why: 'takes minutes' },
  { command: /\bdocker /, why: 'needs docker and an image' },
  { command: /^go tool /, why: 'needs Go; of another program, and the first one waits for a browser' },
  ...(spawnSync('jq', ['--version']).error === undefined
    ? []
    : [{ command: /\bjq\b/, why: 'there is no jq' }]),
];

/** Those that must fail here, with the code of their failure. */
const failing: readonly { readonly command: RegExp; readonly code: number; readonly says: string }[] = [
  { command: / --unit /, code: 4, says: 'is in the unit ' },
  { command: / --container /, code: 4, says: 'is in a container with the id 4f2a91c07be3' },
];

const directory = mkdtempSync(join(tmpdir(), 'sleeper-documents-'));
const bin = join(directory, 'bin');
const project = fileURLToPath(new URL('../../', import.meta.url));
const name = `celery-${process.pid}-mail`;
let target: Target;

function install(program: string, script: string): void {
  writeFileSync(join(bin, program), script);
  chmodSync(join(bin, program), 0o755);
}

/** What the documents call by names that are not there: a program, a script, a recording. */
async function furnish(): Promise<void> {
  mkdirSync(bin);
  symlinkSync(join(project, 'gdb-scripts'), join(directory, 'gdb-scripts'));
  const python = anyPython().executable;
  writeFileSync(join(directory, 'app.py'), 'import time\ntime.sleep(1)\n');
  writeFileSync(join(directory, 'alert.sh'), '#!/bin/sh\n', { mode: 0o755 });
  install('python3', `#!/bin/sh\nexec ${python} "$@"\n`);
  install('mail', '#!/bin/sh\n');
  for (const server of ['gunicorn', 'celery']) install(server, `#!/bin/sh\nexec ${python} app.py\n`);
  // `sleeper watch` ends on Ctrl-C only: it gets that as soon as it says that it watches.
  install(
    'sleeper',
    `#!/bin/bash
[ "$1" = watch ] || exec ${sleeper} "$@"
coproc watch { exec ${sleeper} "$@"; }
pid=$watch_PID
while read -r line; do
  printf '%s\\n' "$line"
  case $line in *watching*) kill -INT $pid ;; esac
done <&\${watch[0]}
wait $pid
[ $? = 130 ]
`,
  );
  const recording = ['record', '-p', String(target.pid), '-d', '0.5', '-o', 'profile.sleeper'];
  const { code, err } = await runSleeper(recording, { cwd: directory });
  if (code !== 0) throw new Error(err);
  for (const copy of ['before', 'after', 'a', 'b']) {
    execFileSync('cp', ['profile.sleeper', `${copy}.sleeper`], { cwd: directory });
  }
}

beforeAll(async () => {
  target = await startTarget(anyPython().executable, 'documented.py', [name]);
  await furnish();
});

afterAll(async () => {
  await target.end();
  rmSync(directory, { recursive: true });
});

/** The command with processes that there are, and with times that a test has. */
function adapted(command: string): string {
  const [, one = '', other = ''] = target.ready.split(' ');
  const bounded = command
    .replace(/ -d \d+/, '')
    .replace(/\bsleeper record\b(?! --help)/, 'sleeper record -d 0.3')
    .replace(/'record\b( 10)?/g, "'record 0.3")
    .replace(' --every 15s', ' --every 100ms');
  return bounded
    .replace(/\b1235\b/g, one)
    .replace(/\b1236\b/g, other)
    .replace(/(?<![\w.-]|--max-length )\d{4,5}(?![\w.-])/g, (pid) =>
      [one, other].includes(pid) ? pid : String(target.pid),
    )
    .replaceAll('celery.*mail', name)
    .replaceAll('/run/app/alive', 'app.py')
    .replaceAll('select(.agent)', `select(.pid == ${target.pid})`);
}

interface Done {
  readonly code: number | null;
  readonly err: string;
}

async function carryOut(command: string): Promise<Done> {
  const child = spawn('bash', ['-o', 'pipefail', '-c', adapted(command)], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, XDG_CONFIG_HOME: directory },
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, err };
}

const seen = new Set<string>();
/** Each command once, under the document that shows it first. */
const commands = documents.map((path) => ({
  path,
  commands: [
    ...documentedCommands(path),
    ...documentedVerbs(path).map(({ command }) => command),
    ...commandsInText(path),
  ].filter((command) => {
    const first = !seen.has(command) && !notRun.some((one) => one.command.test(command));
    seen.add(command);
    return first;
  }),
}));

describe.each(commands.filter((document) => document.commands.length > 0))('$path', (document) => {
  test.each(document.commands)('%s', async (command) => {
    const { code, err } = await carryOut(command);
    const failure = failing.find((one) => one.command.test(command));
    expect({ code, err }).toMatchObject({
      code: failure?.code ?? 0,
      err:
        failure === undefined
          ? expect.not.stringMatching(/^sleeper: /m)
          : expect.stringContaining(failure.says),
    });
  });
});

test('every exception is needed', () => {
  const unneeded = [...notRun, ...failing].filter(
    ({ command }) => ![...seen].some((one) => command.test(one)),
  );
  expect(unneeded).toEqual([]);
});
