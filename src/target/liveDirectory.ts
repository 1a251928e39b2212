import { errors } from '../errors.js';
import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';

/**
 * The directory of /proc that still tells of a process: its own, or, when its main thread has ended (pthread_exit) while
 * others go on, that of one of these.
 * @throws SleeperError when the whole process has ended
 */
export function liveDirectory(pid: number, procRoot: string): string {
  const directory = `${procRoot}/${String(pid)}`;
  const line = tryReadProc(`${directory}/stat`);
  if (line === null) throw errors.noSuchProcess(pid);
  const { state, name, parentPid } = parseStat(line);
  if (!hasEnded(state)) return directory;
  const live = (tryListNumbers(`${directory}/task`) ?? []).find((tid) => {
    const task = tryReadProc(`${directory}/task/${String(tid)}/stat`);
    return task !== null && !hasEnded(parseStat(task).state);
  });
  if (live !== undefined) return `${directory}/task/${String(live)}`;
  throw state === 'Z' ? errors.zombie(pid, name, parentPid) : errors.noSuchProcess(pid);
}

/**
 * What goes wrong with a process because it ends, at whatever moment, is not what happened: that is this.
 * @returns the error that says that it has ended; null: it has not
 */
export function endOf(pid: number): unknown {
  try {
    liveDirectory(pid, defaultProcRoot);
    return null;
  } catch (error) {
    return error;
  }
}

function hasEnded(state: string): boolean {
  return 'ZXx'.includes(state);
}
