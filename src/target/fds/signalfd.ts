import { parseHex } from '../hex.js';
import { signalsOf } from '../signals.js';
import type { KindMembers } from './common.js';
import { infoField } from './openFd.js';

/** The set of signals, in hex. */
export function describeSignalfd(info: string): KindMembers<'signalfd'> {
  return { kind: 'signalfd', signals: signalsOf(parseHex(infoField(info, 'sigmask')) ?? 0n) };
}
