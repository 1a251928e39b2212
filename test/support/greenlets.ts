/** Greenlets made by hand, for the tests of what is done with them. */
import type { Greenlet } from '../../src/model/greenlet.js';
import { aFrame } from './snapshots.js';

type Waker = NonNullable<Greenlet['waitsFor']>;

/** What wakes a greenlet: an object of gevent's. */
export function aWaker(
  type: string,
  address: string,
  more: { owner?: string; fd?: number } = {},
): Exclude<Waker, { error: string }> {
  return { type, typeModule: 'gevent.lock', address, repr: `<${type} at ${address}>`, how: 'raw', ...more };
}

/** One that is switched out in the thread 4242. */
export function aGreenlet(address: string, more: Partial<Greenlet> = {}): Greenlet {
  return {
    interpreter: 0,
    address,
    type: 'Greenlet',
    typeModule: 'gevent._gevent_cgreenlet',
    name: null,
    main: false,
    state: 'suspended',
    parent: '0xa0',
    tid: 4242,
    frames: [aFrame()],
    ...more,
  };
}
