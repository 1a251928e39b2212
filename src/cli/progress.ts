import type { Io } from './io.js';

const patienceMs = 1000;

/** Shows a spinner while `work` takes longer than a second; only on a terminal. */
export async function withProgress<T>(io: Io, text: string, work: Promise<T>): Promise<T> {
  if (!io.errorIsTerminal) return work;
  let over = false;
  let stop: (() => void) | null = null;
  const timer = setTimeout(() => {
    void import('yocto-spinner').then(({ default: yoctoSpinner }) => {
      if (over) return;
      const spinner = yoctoSpinner({ text, handleSignals: false }).start();
      stop = () => spinner.stop();
    });
  }, patienceMs);
  try {
    return await work;
  } finally {
    over = true;
    clearTimeout(timer);
    (stop as (() => void) | null)?.();
  }
}
