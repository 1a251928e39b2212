import type { KindMembers } from './common.js';
import { infoField } from './openFd.js';

/** "Pid" is -1 when the process has ended, 0 when it is in no namespace below the reader's. */
export function describePidfd(info: string): KindMembers<'pidfd'> {
  const pid = Number(infoField(info, 'Pid') ?? 0);
  return { kind: 'pidfd', pid: pid > 0 ? pid : null };
}
