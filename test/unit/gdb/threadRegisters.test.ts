import { expect, test } from '@jest/globals';
import { parseRegisters, registersCommand } from '../../../src/gdb/threadRegisters.js';

test('threads are asked for by the numbers of gdb, or all of them', () => {
  expect(registersCommand(['1', '7'])).toMatch(
    /^thread apply 1 7 -s -- printf "%lx( %lx){7}\\n", \(unsigned long\) \$rip, /,
  );
  expect(registersCommand(null)).toMatch(/^thread apply all -s -- /);
});

test.each([
  ['gdb 10 to 12', 'Thread 2 (LWP 4243):'],
  ['gdb 13 and later', 'Thread 2 (LWP 4243 "worker"):'],
  ['gdb for the only thread', 'Thread 2 (process 4243):'],
  ['with libthread_db', 'Thread 2 (Thread 0x7f12345fe6c0 (LWP 4243) "worker"):'],
  ['a name that looks like one', 'Thread 2 (LWP 4243 "LWP 99)"):'],
])('what %s prints', (_, header) => {
  const printed = `\n${header}\n7f01 7f02 7f03 b r12 e f 10\n\n${header}\n7f01 7f02 7f03 b c d e f\n`;
  expect(parseRegisters(printed)).toEqual([
    {
      tid: 4243,
      number: '2',
      registers: { rip: 0x7f01, rsp: 0x7f02, rbp: 0x7f03, rbx: 0xb, r12: 0xc, r13: 0xd, r14: 0xe, r15: 0xf },
    },
  ]);
});
