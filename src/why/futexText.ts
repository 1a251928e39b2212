import type { FutexPlace, KernelFacts } from '../model/kernelFacts.js';

const inMemory: FutexPlace = { of: 'memory', library: null };

/**
 * What a thread waits for at a futex that is no lock of Python's, by where it lies: a mutex that names its owner, or
 * something of which no more is known.
 */
export function futexText(what: 'mutex' | 'futex', futex: string, { futexPlaces }: KernelFacts): string {
  const place = futexPlaces.get(futex) ?? inMemory;
  switch (place.of) {
    case 'semaphore':
      return `the semaphore "${place.name}", which any process may release (futex ${futex})`;
    case 'loader':
      return `the lock of the dynamic loader (${what} ${futex})`;
    case 'allocator':
      return `a lock of the memory allocator (${what} ${futex})`;
    case 'library':
      return what === 'mutex'
        ? `mutex ${futex} of ${place.library}`
        : `a lock or condition of ${place.library} (futex ${futex})`;
    case 'memory':
      return what === 'mutex' ? `mutex ${futex} of C code` : `a lock or condition of C code (futex ${futex})`;
  }
}
