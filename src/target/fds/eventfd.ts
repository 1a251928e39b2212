import type { KindMembers } from './common.js';
import { parseHex } from '../hex.js';
import { infoField } from './openFd.js';

/** The counter is in hex; 0xffffffffffffffff means that writing blocks (eventfd(2)). */
export function describeEventfd(info: string): KindMembers<'eventfd'> {
  return { kind: 'eventfd', count: parseHex(infoField(info, 'eventfd-count'))?.toString() ?? null };
}
