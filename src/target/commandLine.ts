import { tryReadProc } from './procFile.js';

/**
 * /proc/PID/cmdline (proc_pid_cmdline(5)): each argument ends in NUL. A process that has overwritten them with a title of
 * its own leaves a row of NULs behind it, which are not empty arguments.
 */
export function parseCommandLine(text: string): string[] {
  if (text === '') return [];
  return text.replace(/\0{3,}$|\0$/, '').split('\0');
}

/** A line for messages, cut to `limit` characters. */
export function shorten(line: string, limit = 80): string {
  return line.length > limit ? `${line.slice(0, limit - 3)}...` : line;
}

/** A process's arguments as one line for messages, cut to `limit` characters; its name when it has none. */
export function shortCommand(procRoot: string, pid: number, limit = 80): string {
  const directory = `${procRoot}/${String(pid)}`;
  const line = parseCommandLine(tryReadProc(`${directory}/cmdline`) ?? '').join(' ');
  if (line !== '') return shorten(line, limit);
  return (tryReadProc(`${directory}/comm`) ?? '').trimEnd();
}

/**
 * What a process is called: its name, or the title that it has put in the place of its arguments, as PostgreSQL and nginx
 * do: `postgres: shop orders 10.0.0.3(47110) UPDATE waiting`.
 * @param directory its directory of /proc
 */
export function titleOf(directory: string): string {
  const name = (tryReadProc(`${directory}/comm`) ?? '').trimEnd();
  const [title = '', ...others] = parseCommandLine(tryReadProc(`${directory}/cmdline`) ?? '');
  return others.length === 0 && title.startsWith(`${name}: `) ? title.trimEnd() : name;
}
