import { withGdb, type GdbChoice } from './gdb.js';

/** "#2  0x00007f in usleep (..." and "#7  _ctypes_callproc (..." and "#3  0x00007f in ?? () from /lib/libffi.so.8". */
const frameLine = /^#\d+ +(?:0x[0-9a-f]+ in )?(.+?) \(.*?(?: from (\S+))?$/gm;
const evaluationLoop = /^_?PyEval_EvalFrame/;
const mostFrames = 24;

/** The C functions of gdb's `bt`, innermost first, down to CPython's evaluation loop. "?? (libffi.so.8)": no symbol. */
export function nativeFunctions(backtrace: string): string[] {
  const functions: string[] = [];
  for (const [, name = '', library] of backtrace.matchAll(frameLine)) {
    if (evaluationLoop.test(name)) break;
    functions.push(
      name === '??' && library !== undefined ? `?? (${library.slice(library.lastIndexOf('/') + 1)})` : name,
    );
  }
  return functions;
}

/**
 * The C functions that a thread is in. gdb reads the symbols for it, while the process stands still: up to a second,
 * so this is for a thread that holds everybody up anyway.
 * @throws SleeperError; the signal's reason
 */
export function readNativeStack(
  pid: number,
  tid: number,
  options: GdbChoice & { readonly signal: AbortSignal },
): Promise<string[]> {
  return withGdb(options, options.signal, async (session) => {
    await session.ready;
    await session.attach(pid);
    await session.selectThread(tid);
    // Not at the start of gdb, where the symbols of every process would be read: see settings.gdb.
    for (const command of [`set sysroot /proc/${pid}/root`, `file /proc/${pid}/exe`, 'sharedlibrary'])
      await session.console(command).catch(() => '');
    return nativeFunctions(await session.console(`bt ${mostFrames}`));
  });
}
