import { basename } from 'node:path';
import type { NativeFrame } from '../profile/mergeStacks.js';
import type { CodePlace } from '../target/native/unwind.js';

/** The C function that runs Python functions, by PY_VERSION_HEX (Python/ceval.c). */
export function evaluationLoopOf(version: number): string {
  return version >= 0x03060000 ? '_PyEval_EvalFrameDefault' : 'PyEval_EvalFrameEx';
}

/**
 * How functions of the interpreter are called that say nothing to who does not know it: its API, and what takes a call
 * from one function to the next. What remains is what a person has called: `builtin_sorted`, `list_sort`, `time_sleep`.
 */
const internalName =
  /^_?Py|vectorcall|^cfunction_|^slot_|^wrap_|^gen_|^(?:type|partial|instancemethod|method|function|descr|ext_do|do)_call|^call_function$|^fast_function$|_dealloc$/;

/** Where a greenlet begins. What is outside of it on the stack is of the one that has started it, and may be gone. */
const greenletStart = /\bg_initialstub|13g_initialstub/;

/**
 * The frames up to the outermost evaluation loop, innermost first: what is outside of it starts threads and programs.
 * All, if there is no such loop.
 */
export function nativeFrames(places: readonly CodePlace[], evaluationLoop: string): NativeFrame[] {
  const all = places.map(({ address, module }) => ({
    module,
    ...(module?.functionAt(address) ?? { name: '(code of no file)', unnamed: true }),
  }));
  const start = all.findIndex(({ name }) => greenletStart.test(name));
  const functions = start < 0 ? all : all.slice(0, start);
  const outermost = functions.findLastIndex(({ name }) => name === evaluationLoop);
  const interpreter = functions[outermost]?.module ?? null;
  return (outermost < 0 ? functions : functions.slice(0, outermost + 1)).map(({ name, unnamed, module }) => ({
    name,
    file: module?.path ?? '',
    evaluates: name === evaluationLoop,
    internal: interpreter !== null && module === interpreter && (unnamed || internalName.test(name)),
  }));
}

/** What a function without a name is called by. */
const addressOnly = /^0x[0-9a-f]+$/;

/**
 * What a person is told of the C functions that a thread is in, innermost first, down to CPython's evaluation loop: those
 * with a name, but for the interpreter's own. Where there is none, in files without symbols, the innermost one by its file
 * and its address in that: "libz.so.1+0x3f20"; rather one of a library than one of the interpreter.
 */
export function toldFunctions(frames: readonly NativeFrame[]): string[] {
  const loop = frames.findIndex(({ evaluates }) => evaluates);
  const above = frames.slice(0, Math.max(0, loop));
  const named = above.filter(({ name, internal }) => !internal && !addressOnly.test(name));
  if (named.length > 0) return named.map(({ name }) => name);
  const nameless = above.filter(({ name }) => addressOnly.test(name));
  const [told] = [...nameless.filter(({ internal }) => !internal), ...nameless];
  return told === undefined ? [] : [`${basename(told.file)}+${told.name}`];
}
