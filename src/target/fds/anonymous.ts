import { describeEpoll } from './epoll.js';
import { describeEventfd } from './eventfd.js';
import { describeInotify } from './inotify.js';
import { describePidfd } from './pidfd.js';
import { describeSignalfd } from './signalfd.js';
import { describeTimerfd } from './timerfd.js';
import type { AnyKindMembers } from './common.js';

/** By the name in the link: "anon_inode:[eventfd]", and "anon_inode:inotify" without brackets. */
const kinds = new Map<string, (info: string) => AnyKindMembers>([
  ['eventpoll', describeEpoll],
  ['eventfd', describeEventfd],
  ['timerfd', describeTimerfd],
  ['signalfd', describeSignalfd],
  ['inotify', describeInotify],
  ['pidfd', describePidfd],
]);

/** Something of the kernel's that is in no file system. */
export function describeAnonymous(target: string, info: string): AnyKindMembers {
  const name =
    /^anon_inode:\[?([^\]]*)\]?$/.exec(target)?.[1] ?? (target.startsWith('pidfd:') ? 'pidfd' : target);
  return kinds.get(name)?.(info) ?? { kind: 'other', name };
}
