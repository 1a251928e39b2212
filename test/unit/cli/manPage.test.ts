import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { manPage } from '../../../src/cli/manPage.js';
import { parser } from '../../support/parser.js';

const launcher = fileURLToPath(new URL('../../../bin/sleeper', import.meta.url));
const runHelp = execFileSync('sh', [launcher, 'run', '--help'], { encoding: 'utf8' });
const page = manPage(parser().program, runHelp);
const hasGroff = spawnSync('groff', ['--version']).error === undefined;

/** As a person reads it in 80 columns. */
function rendered(): { text: string; warnings: string } {
  const { stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-P-c', '-ww', '-rLL=78n'], {
    input: page,
    encoding: 'utf8',
  });
  return { text: stdout.replace(/.\u0008/g, ''), warnings: stderr };
}

test('it has every command, option and explanation', () => {
  const plain = page.replaceAll('\\-', '-').replaceAll('\\(dq', '"').replaceAll('\\&', '');
  const { program } = parser();
  for (const command of program.commands) {
    const help = command.createHelp();
    expect(plain).toContain(`sleeper ${command.name()}`);
    if (command.name() === 'run') continue;
    expect(plain).toContain(help.commandDescription(command));
    for (const option of help.visibleOptions(command)) {
      expect(plain).toContain(option.flags);
      expect(plain).toContain(help.optionDescription(option));
    }
  }
  for (const word of ['--print-agent', '.SH "EXIT STATUS"', '.SH "ENVIRONMENT"', '.SH "FILES"', '130']) {
    expect(plain).toContain(word);
  }
});

(hasGroff ? test : test.skip)(
  `it renders without a complaint${hasGroff ? '' : ' (skipped: no groff)'}`,
  () => {
    const { text, warnings } = rendered();
    expect(warnings).toBe('');
    expect(text).toMatch(/^NAME\n {7}sleeper - look into/m);
    expect(text).toContain("sleeper dump --match 'celery.*mail'");
    expect(text).toContain(String.raw`sleeper why 1234 --json | jq '.findings[] | select(.hung) | .tids'`);
  },
);

const commands = ['', ...parser().program.commands.map((command) => command.name())];
test.each(commands)('the help of "%s" fits into 80 columns', (name) => {
  const { program, said } = parser();
  if (name === 'run') said.push(runHelp);
  else (program.commands.find((command) => command.name() === name) ?? program).outputHelp();
  expect(
    said
      .join('')
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});
