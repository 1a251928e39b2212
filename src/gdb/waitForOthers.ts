import { setTimeout as delay } from 'node:timers/promises';
import { SleeperError } from '../errors.js';

/** Between two attempts. */
const pauseMs = 5;

/**
 * Attaches, again and again for as long as another debugger is in the way.
 * @param isOver nobody wants it any more
 * @throws what `attach` throws, when the time is over, or at once where it is of another kind
 */
export async function waitForOthers(
  attach: () => Promise<void>,
  patienceMs: number,
  isOver: () => boolean,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await attach();
      return;
    } catch (error) {
      if (performance.now() > deadline || isOver() || !mayBeAnotherTracer(error)) throw error;
    }
    await delay(pauseMs);
  }
}

/** Even if that is gone when one looks who it was. */
function mayBeAnotherTracer(error: unknown): boolean {
  return error instanceof SleeperError && ['already-traced', 'attach-denied'].includes(error.code);
}
