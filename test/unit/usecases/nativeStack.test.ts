import { expect, test } from '@jest/globals';
import { nativeFunctions } from '../../../src/usecases/nativeStack.js';

test('with symbols, down to the evaluation loop', () => {
  expect(
    nativeFunctions(`#0  0x00007f2ba5b1c545 in clock_nanosleep () from /lib/x86_64-linux-gnu/libc.so.6
#1  0x00007f2ba5b20e53 in nanosleep () from /lib/x86_64-linux-gnu/libc.so.6
#2  0x00007f2ba5b4dc89 in usleep () from /lib/x86_64-linux-gnu/libc.so.6
#3  0x00007f2ba571b052 in ?? () from /lib/x86_64-linux-gnu/libffi.so.8
#4  0x00007f2ba5719925 in ?? () from /lib/x86_64-linux-gnu/libffi.so.8
#5  0x00007f2ba571a06e in ffi_call () from /lib/x86_64-linux-gnu/libffi.so.8
#6  0x00007f2ba572a0a3 in ?? () from /usr/lib/python3.11/lib-dynload/_ctypes.cpython-311-x86_64-linux-gnu.so
#7  0x000000000051ab4b in _PyObject_MakeTpCall ()
#8  0x0000000000525a41 in _PyEval_EvalFrameDefault ()
#9  0x000000000051d8fb in PyEval_EvalCode ()
#10 0x0000000000646f43 in main ()
`),
  ).toEqual([
    'clock_nanosleep',
    'nanosleep',
    'usleep',
    '?? (libffi.so.8)',
    '?? (libffi.so.8)',
    'ffi_call',
    '?? (_ctypes.cpython-311-x86_64-linux-gnu.so)',
    '_PyObject_MakeTpCall',
  ]);
});

test('with debug information: arguments, files, inlined functions', () => {
  expect(
    nativeFunctions(`#0  __GI___clock_nanosleep (clock_id=clock_id@entry=0, flags=flags@entry=0, req=req@entry=0x7ffc1d6a7d50, rem=rem@entry=0x0) at ../sysdeps/unix/sysv/linux/clock_nanosleep.c:78
#1  0x00007f1a2f6cc413 in usleep (useconds=<optimized out>) at ../sysdeps/posix/usleep.c:31
#2  _call_function_pointer (argtypecount=1, argcount=1, resmem=0x7ffc1d6a7e20, restype=<optimized out>, atypes=0x7ffc1d6a7e00, avalues=0x7ffc1d6a7e10, pProc=0x7f1a2f6cc3d0 <usleep>, flags=4357) at ./Modules/_ctypes/callproc.c:923
#3  _ctypes_callproc (pProc=pProc@entry=0x7f1a2f6cc3d0 <usleep>, argtuple=argtuple@entry=(600000000,), flags=4357) at ./Modules/_ctypes/callproc.c:1262
#4  0x0000560c5e1d3a40 in PyCFuncPtr_call (self=0x7f1a2f1c4e80, inargs=<optimized out>, kwds=0x0) at ./Modules/_ctypes/_ctypes.c:4201
#5  0x0000560c5df0a2b1 in _PyEval_EvalFrameDefault (tstate=<optimized out>, frame=0x7f1a2f9d9020, throwflag=<optimized out>) at Python/ceval.c:4769
#6  0x0000560c5dff1a2b in _PyEval_EvalFrame (throwflag=0, frame=0x7f1a2f9d9020) at ./Include/internal/pycore_ceval.h:73
`),
  ).toEqual([
    '__GI___clock_nanosleep',
    'usleep',
    '_call_function_pointer',
    '_ctypes_callproc',
    'PyCFuncPtr_call',
  ]);
});

test("Python 2.7's loop has a shorter name", () => {
  expect(
    nativeFunctions(
      '#0  0x00007f in read () from /lib/libc.so.6\n#1  0x0000a0 in PyEval_EvalFrameEx ()\n#2  0x01 in main ()\n',
    ),
  ).toEqual(['read']);
});

test('without any symbols', () => {
  expect(
    nativeFunctions(
      '#0  0x00007f2ba5b1c545 in ?? ()\n#1  0x0000000000000000 in ?? ()\nBacktrace stopped: previous frame identical to this frame (corrupt stack?)\n',
    ),
  ).toEqual(['??', '??']);
});

test('what else gdb says is no function', () => {
  expect(nativeFunctions('')).toEqual([]);
  expect(nativeFunctions('No stack.\n')).toEqual([]);
  expect(
    nativeFunctions(
      'warning: #1 is strange\n#0  0x00007f in poll () from /lib/libc.so.6\n(More stack frames follow...)\n',
    ),
  ).toEqual(['poll']);
});

test('a signal handler, and a function of C++', () => {
  expect(
    nativeFunctions(`#0  0x00007f in std::this_thread::sleep_for<long, std::ratio<1l, 1l> > (__rtime=...) at /usr/include/c++/12/bits/this_thread_sleep.h:80
#1  0x00007f in (anonymous namespace)::work(int) () from /srv/extension.so
#2  <signal handler called>
#3  0x00007f in poll () from /lib/libc.so.6
`),
  ).toContain('poll');
});
