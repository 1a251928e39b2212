import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { attachError } from '../../../src/gdb/attachError.js';
import { gdbEnvironment } from '../../../src/gdb/ptyTransport.js';
import { parseGdbVersion } from '../../../src/gdb/gdbVersion.js';
import { GdbSession } from '../../../src/gdb/session.js';
import { fakeTransport, type FakeTransport } from './fakeTransport.js';

/** A gdb that starts well and then follows `script`. */
function gdb(
  script: (command: string, token: string, gdb: FakeTransport) => void,
  version = '13.1',
): FakeTransport {
  const fake = fakeTransport((line, self) => {
    const [, token = '', command = ''] = /^(\d+)(.*)$/.exec(line) ?? [];
    if (command === '-gdb-version') self.say(`~"GNU gdb (GDB) ${version}\\n"\n${token}^done\n`);
    else if (command.startsWith('-data-evaluate')) self.say(`${token}^done,value="1"\n`);
    else script(command, token, self);
  });
  setImmediate(() => fake.say('(gdb) \n'));
  return fake;
}

test('a gdb that is too old is refused', async () => {
  const session = GdbSession.over(gdb(() => undefined, '9.2'));
  await expect(session.ready).rejects.toMatchObject({ code: 'gdb-too-old' });
  await session.close();
});

test('a stop that comes after the answer to the attachment is waited for', async () => {
  const fake = gdb((command, token, self) => {
    if (command.startsWith('-target-attach')) {
      self.say(`*running,thread-id="1"\n${token}^done\n`);
      setImmediate(() => self.say('*stopped,thread-id="1",stopped-threads="all"\n'));
    } else if (command === '-target-detach') self.say(`=thread-group-exited,id="i1"\n${token}^done\n`);
    else self.say(`${token}^done\n`);
  });
  const session = GdbSession.over(fake);
  await session.attach(process.pid);
  expect(await session.detach()).toBeGreaterThan(0);
  await session.close();
  expect(session.gdbWasKilled).toBe(false);
});

test('a process with too many threads is not attached to', async () => {
  const asked: string[] = [];
  const fake = gdb((command, token, self) => {
    asked.push(command);
    self.say(`${token}^done\n`);
  });
  const session = GdbSession.over(fake, { mostThreads: 1 });
  // Node has several.
  await expect(session.attach(process.pid)).rejects.toMatchObject({ code: 'too-many-threads' });
  expect(asked.filter((command) => command.includes('attach'))).toEqual([]);
  await session.close();
});

test('while somebody else traces the process it is attached to again and again', async () => {
  let attempts = 0;
  const fake = gdb((command, token, self) => {
    if (command.startsWith('-target-attach')) {
      attempts++;
      if (attempts < 3) self.say(`${token}^error,msg="ptrace: Operation not permitted."\n`);
      else self.say(`${token}^done\n*stopped,thread-id="1",stopped-threads="all"\n`);
    } else if (command === '-target-detach') self.say(`=thread-group-exited,id="i1"\n${token}^done\n`);
    else self.say(`${token}^done\n`);
  });
  const session = GdbSession.over(fake);
  await session.attach(process.pid);
  expect(attempts).toBe(3);
  await session.close();
});

test('a gdb that does not answer is killed', async () => {
  const fake = gdb(() => undefined);
  const session = GdbSession.over(fake, { deadlines: { attach: 20 } });
  await expect(session.attach(999_999_999)).rejects.toMatchObject({ code: 'gdb-hangs', exit: 'timeout' });
  expect(fake.killed).toBe(true);
  await session.close();
  expect(session.gdbWasKilled).toBe(true);
});

describe('a command of a person that is broken off', () => {
  /** A gdb whose command does not end by itself. */
  async function attached(onInterrupt: (token: string, self: FakeTransport) => void) {
    let under = '';
    const fake = gdb((command, token, self) => {
      if (command.startsWith('-target-attach'))
        self.say(`${token}^done\n*stopped,thread-id="1",stopped-threads="all"\n`);
      else if (command.includes('source loop')) under = token;
      else if (command === '-target-detach') self.say(`=thread-group-exited,id="i1"\n${token}^done\n`);
      else self.say(`${token}^done\n`);
    });
    const write = fake.write.bind(fake);
    fake.write = (text) => {
      write(text);
      if (text === '\x03') onInterrupt(under, fake);
    };
    const session = GdbSession.over(fake, { deadlines: { step: 50 } });
    await session.attach(process.pid);
    const abort = new AbortController();
    const output = session.console('source loop', abort.signal);
    setImmediate(() => abort.abort(new Error('Ctrl-C')));
    return { session, output };
  }

  test('leaves the process held', async () => {
    const { session, output } = await attached((token, self) => self.say(`${token}^error,msg="Quit"\n`));
    await expect(output).rejects.toThrow('Ctrl-C');
    expect(session.holds).toBe(true);
    expect(await session.console('info threads')).toBe('');
    await session.close();
    expect(session.gdbWasKilled).toBe(false);
  });

  test('but does not heed it, makes gdb be killed, and says so', async () => {
    const { session, output } = await attached(() => undefined);
    await expect(output).rejects.toMatchObject({
      code: 'gdb-hangs',
      message: expect.stringMatching(/had to be killed\. The process was let go\./),
    });
    expect(session.holds).toBe(false);
    await session.close();
  });
});

test('nothing can be begun when the session is being closed', async () => {
  const session = GdbSession.over(gdb(() => undefined));
  const closed = session.close();
  await expect(session.attach(1)).rejects.toThrow('gdb ended');
  await closed;
  await session.close();
});

test.each([
  ['GNU gdb (Debian 13.1-3) 13.1\nCopyright', { text: '13.1', major: 13 }],
  ['GNU gdb (Debian 10.1-1.7) 10.1.90.20210103-git', { text: '10.1.90.20210103-git', major: 10 }],
  ['GNU gdb (Ubuntu 12.1-0ubuntu1~22.04) 12.1', { text: '12.1', major: 12 }],
  ['GNU gdb (GDB) Fedora Linux 14.2-1.fc39', { text: '14.2-1.fc39', major: 14 }],
  ['GNU gdb (GDB) 15.2', { text: '15.2', major: 15 }],
  ['GNU gdb (GDB) Red Hat Enterprise Linux 8.2-20.el8', { text: '8.2-20.el8', major: 8 }],
  ['something else 13.1', null],
])('the version in %s', (output, version) => {
  expect(parseGdbVersion(output)).toEqual(version);
});

test('why attaching failed', () => {
  expect(attachError(999_999_999, 'ptrace: Operation not permitted.').code).toBe('no-such-process');
  expect(attachError(process.pid, 'ptrace: No such process.').code).toBe('no-such-process');
});

test.each([
  ['0', 'attach-denied'],
  ['2', 'seccomp-filter'],
])('why attaching was denied, with seccomp mode %s', (mode, code) => {
  const procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
  try {
    for (const name of ['500', 'self']) {
      mkdirSync(join(procRoot, name));
      writeFileSync(
        join(procRoot, name, 'status'),
        `State:\tS (sleeping)\nTracerPid:\t0\nSeccomp:\t${mode}\n`,
      );
    }
    const denied = attachError(500, 'ptrace: Operation not permitted.', procRoot);
    expect(denied).toMatchObject({ code, exit: 'permission' });
  } finally {
    rmSync(procRoot, { recursive: true });
  }
});

test('what gdb must not inherit', () => {
  const environment = {
    PATH: '/bin',
    PYTHONHOME: '/x',
    PYTHONPATH: '/y',
    LD_PRELOAD: 'a.so',
    LANG: 'de_DE',
    HOME: '/h',
  };
  expect(gdbEnvironment(environment)).toEqual({ PATH: '/bin', HOME: '/h', TERM: 'dumb', LC_ALL: 'C' });
});
