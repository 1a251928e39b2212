import { expect, test } from '@jest/globals';
import { MiConnection } from '../../../src/gdb/connection.js';
import { lineSplitter } from '../../../src/gdb/lineSplitter.js';
import { fakeTransport } from './fakeTransport.js';

test('answers find their commands by token, whatever comes between', async () => {
  const gdb = fakeTransport();
  const connection = new MiConnection(gdb);
  const [first, second] = connection.sendAll(['-one', '-two']);
  expect(gdb.written).toEqual(['1-one', '2-two']);
  gdb.say('~"hello"\n(gdb) \n2^done,a="2"\n&"careful"\n1^er');
  gdb.say('ror,msg="no"\n');
  expect(await second).toMatchObject({ class: 'done', results: { a: '2' }, console: 'hello' });
  expect(await first).toMatchObject({ class: 'error', message: 'no', log: 'careful' });
});

test('an answer that nobody asked for, junk and echoes change nothing', async () => {
  const gdb = fakeTransport();
  const connection = new MiConnection(gdb);
  const answer = connection.send('-one');
  gdb.say('99^done\n^done\n1-one\n\x00\xff\n1^done\n');
  expect((await answer).class).toBe('done');
});

test('a record that came before does not count', async () => {
  const gdb = fakeTransport();
  const connection = new MiConnection(gdb);
  gdb.say('*stopped,thread-id="1"\n');
  const stop = connection.expect(({ kind }) => kind === 'exec');
  gdb.say('*stopped,thread-id="2"\n*stopped,thread-id="3"\n');
  expect((await stop).results['thread-id']).toBe('2');
});

test('when gdb ends, everything that waits is told, with its last words', async () => {
  const gdb = fakeTransport();
  const connection = new MiConnection(gdb);
  const answer = connection.send('-one');
  const record = connection.expect(() => true);
  gdb.say('&"Aborted"\n');
  gdb.exit();
  await expect(answer).rejects.toMatchObject({ name: 'GdbEnded', lastOutput: 'Aborted' });
  await expect(record).rejects.toThrow('gdb ended');
  await expect(connection.send('-two')).rejects.toThrow('gdb ended');
  await connection.firstPrompt;
  expect(connection.alive).toBe(false);
});

test('a command that would be two, or a signal, is refused', () => {
  const connection = new MiConnection(fakeTransport());
  expect(() => connection.sendAll(['a\nb'])).toThrow(RangeError);
  expect(() => connection.sendAll(['a\x03'])).toThrow(RangeError);
});

test('lines, however they are cut', () => {
  const text = 'one\n\nthree\nfour';
  for (let size = 1; size <= text.length; size++) {
    const lines: string[] = [];
    const take = lineSplitter((line) => lines.push(line));
    for (let at = 0; at < text.length; at += size) take(text.slice(at, at + size));
    expect(lines).toEqual(['one', '', 'three']);
  }
});
