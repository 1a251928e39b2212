import type { KindMembers } from './common.js';
import { infoField } from './openFd.js';

/** The counter is in hex; 0xffffffffffffffff means that writing blocks (eventfd(2)). */
export function describeEventfd(info: string): KindMembers<'eventfd'> {
  const count = infoField(info, 'eventfd-count');
  return { kind: 'eventfd', count: count === null ? null : BigInt(`0x${count}`).toString() };
}
