/** Does a piece of work when all that were asked for before it are over. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * For what must not overlap. Processes are stopped one at a time: while one of them stands, nothing is done for another
 * that would make that last longer.
 */
export function oneAtATime(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
