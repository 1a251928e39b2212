import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startHungWorker } from '../../support/hungWorker.js';
import { Person } from '../../support/person.js';
import { footprint, statusOf, type Footprint } from '../../support/target.js';
import { until } from '../../support/until.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-ends-'));
/** All that the REPL starts has it in its environment. */
const env = { XDG_STATE_HOME: directory };

let child: Awaited<ReturnType<typeof startHungWorker>>;
let before: Footprint;
beforeAll(async () => {
  child = await startHungWorker();
  before = footprint(child.pid);
});
let person: Person | undefined;
afterEach(() => person?.leave());
afterAll(() => {
  child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** What runs of the REPL: itself, its gdb, and what looks after that. */
function programsOfRepl(): string[] {
  return readdirSync('/proc')
    .filter((pid) => tryRead(`/proc/${pid}/environ`).split('\0').includes(`XDG_STATE_HOME=${directory}`))
    .map((pid) => tryRead(`/proc/${pid}/comm`).trim())
    .filter((name) => name !== '');
}

const namesOfThreads = (): string[] =>
  readdirSync(`/proc/${child.pid}/task`).map((tid) => tryRead(`/proc/${child.pid}/task/${tid}/comm`).trim());

type During = (person: Person) => Promise<void>;

const session: During = async (person) => {
  await person.prompt();
  expect(await person.says('p 1 + 1')).toContain('2\n');
  expect(namesOfThreads()).toContain('sleeper');
};
const paused: During = async (person) => {
  await session(person);
  await person.says('pause', ' paused');
  expect(statusOf(child.pid)).toMatchObject({ state: 't' });
  expect(programsOfRepl()).toContain('gdb');
};
const evaluating: During = async (person) => {
  await session(person);
  person.type('p [each for each in iter(int, 1)]\r');
  await until(() => namesOfThreads().filter((name) => name === 'sleeper').length > 1);
};

const ends: Readonly<Record<string, (person: Person) => void>> = {
  'Ctrl-D': (person) => person.type('\u0004'),
  SIGHUP: (person) => person.hangUp(),
  SIGKILL: (person) => void process.kill(person.process, 'SIGKILL'),
};

describe.each(Object.entries(ends))('%s', (name, end) => {
  test.each([
    ['a session is open', session],
    ['the process is paused with a session open', paused],
    // What is typed then is not read before the answer is there.
    ...(name === 'Ctrl-D' ? [] : ([['something is evaluated', evaluating]] as const)),
  ])('while %s leaves nothing behind', async (_, during) => {
    person = new Person(String(child.pid), [], env);
    await during(person);
    end(person);
    expect(await person.exitCode).toBe({ 'Ctrl-D': 0, SIGHUP: 129, SIGKILL: 0 }[name]);
    await until(() => programsOfRepl().length === 0);
    await until(() => !namesOfThreads().includes('sleeper'));
    await until(() => statusOf(child.pid).state === 'S' && statusOf(child.pid).tracerPid === 0);
    expect(footprint(child.pid)).toEqual(before);
  });
});
