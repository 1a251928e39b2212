import type { KindMembers } from './common.js';

/** One line "inotify wd:1 ino:..." a watch. */
export function describeInotify(info: string): KindMembers<'inotify'> {
  return { kind: 'inotify', watches: info.match(/^inotify wd:/gm)?.length ?? 0 };
}
