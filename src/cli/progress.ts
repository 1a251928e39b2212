import type { Io } from './io.js';

const patienceMs = 1000;

/** Shows a spinner after a second, until the function that it returns is called; only on a terminal. */
export function startProgress(io: Io, text: string): () => void {
  if (!io.errorIsTerminal) return () => undefined;
  let over = false;
  let stop: (() => void) | null = null;
  const timer = setTimeout(() => {
    void import('yocto-spinner').then(({ default: yoctoSpinner }) => {
      if (over) return;
      const spinner = yoctoSpinner({ text, handleSignals: false }).start();
      stop = () => spinner.stop();
    });
  }, patienceMs);
  return () => {
    over = true;
    clearTimeout(timer);
    stop?.();
  };
}

/** Shows a spinner while `work` takes longer than a second. */
export async function withProgress<T>(io: Io, text: string, work: Promise<T>): Promise<T> {
  const stop = startProgress(io, text);
  try {
    return await work;
  } finally {
    stop();
  }
}
