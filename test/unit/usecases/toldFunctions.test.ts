import { expect, test } from '@jest/globals';
import type { NativeFrame } from '../../../src/profile/mergeStacks.js';
import { toldFunctions } from '../../../src/usecases/nativeFrames.js';

const frame = (name: string, file: string, more: Partial<NativeFrame> = {}): NativeFrame => ({
  ...{ name, file, evaluates: false, internal: false },
  ...more,
});
const python = '/usr/bin/python3';
const inner = (name: string): NativeFrame => frame(name, python, { internal: true });
const loop = frame('_PyEval_EvalFrameDefault', python, { evaluates: true });
const libc = '/lib/libc.so.6';

test('of the C functions those with a name are told, down to the loop of the interpreter', () => {
  const nameless = frame('0x98760', libc);
  const stack = [nameless, frame('pause', libc), inner('cfunction_call'), loop, frame('main', python)];
  expect(toldFunctions(stack)).toEqual(['pause']);
});

test('where none has a name, the innermost of a library is told by its file and address', () => {
  const library = '/opt/app/_fast.so';
  const stack = [
    inner('0x4a17e9'),
    frame('0x3f20', library),
    frame('0x4000', library),
    inner('0x4b0000'),
    loop,
  ];
  expect(toldFunctions(stack)).toEqual(['_fast.so+0x3f20']);
});

test('and where only the interpreter is at work, the innermost of that', () => {
  expect(toldFunctions([inner('0x4a17e9'), inner('0x4b0000'), loop])).toEqual(['python3+0x4a17e9']);
  expect(toldFunctions([inner('PyObject_Vectorcall'), loop])).toEqual([]);
  expect(toldFunctions([loop])).toEqual([]);
});

test('a stack without a loop of the interpreter tells nothing', () => {
  expect(toldFunctions([frame('poll', libc), frame('0x3f20', libc)])).toEqual([]);
});
