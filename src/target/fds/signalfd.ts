import { signalsOf } from '../signals.js';
import type { KindMembers } from './common.js';
import { infoField } from './openFd.js';

/** The set of signals, in hex. */
export function describeSignalfd(info: string): KindMembers<'signalfd'> {
  return { kind: 'signalfd', signals: signalsOf(BigInt(`0x${infoField(info, 'sigmask') ?? '0'}`)) };
}
