/** Thrown by `within` when the time is over. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

/**
 * The result of `promise`, if it comes within `ms` milliseconds.
 * @throws DeadlinePassed otherwise; the promise goes on, and what becomes of it is ignored
 */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed(`${what}: nothing after ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, passed]);
  } finally {
    clearTimeout(timer);
  }
}
