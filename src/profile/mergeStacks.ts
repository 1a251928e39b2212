/** A frame of C in a thread's stack. */
export interface NativeFrame {
  readonly name: string;
  /** Of the program or library; text of the target. */
  readonly file: string;
  /** It is the interpreter's evaluation loop, in which Python functions run. */
  readonly evaluates: boolean;
  /** A function of the interpreter itself. */
  readonly internal: boolean;
}

/** A frame of Python: what it is called, and whether it has an evaluation loop of its own or shares its caller's. */
export interface PythonFrame<Frame> {
  readonly frame: Frame;
  readonly entry: boolean;
}

/**
 * Puts the frames of Python where in the stack of C the evaluation loops are that run them. A loop that has no frame yet,
 * or no longer, is the innermost one if any: a call that is just beginning or ending.
 * @param python innermost first
 * @param native innermost first, without those outside of the outermost loop
 * @returns innermost first; null when they do not fit
 */
export function mergeStacks<Frame>(
  python: readonly PythonFrame<Frame>[],
  native: readonly NativeFrame[],
): (Frame | NativeFrame)[] | null {
  const loops = native.filter(({ evaluates }) => evaluates).length;
  const runs = python.filter(({ entry }) => entry).length;
  let unused = loops - runs;
  if (unused < 0 || unused > 1 || python.at(-1)?.entry !== true) return null;
  const merged: (Frame | NativeFrame)[] = [];
  let next = 0;
  for (const frame of native) {
    if (!frame.evaluates) merged.push(frame);
    else if (unused > 0) unused--;
    else {
      let last: boolean;
      do {
        const each = python[next++];
        if (each === undefined) return null;
        merged.push(each.frame);
        last = each.entry;
      } while (!last);
    }
  }
  return merged;
}
