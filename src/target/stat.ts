/** The fields of /proc/PID/stat and /proc/PID/task/TID/stat that are used here (proc_pid_stat(5)). */
export interface Stat {
  pid: number;
  /** At most 15 bytes; it may contain anything, also spaces and parentheses. */
  name: string;
  /** R, S, D, T (stopped), t (traced and stopped), Z, X, I, P */
  state: string;
  parentPid: number;
  processGroup: number;
  session: number;
  /** A kernel thread, not a program (PF_KTHREAD). */
  kernelThread: boolean;
  userMs: number;
  systemMs: number;
  threads: number;
  /** After the boot, in milliseconds; it distinguishes a process from a later one with the same pid. */
  startedMs: number;
  /** The number of the processor that it last ran on. */
  processor: number;
}

/** USER_HZ: what the kernel tells to programs is in this unit on every architecture but Alpha and IA-64. */
const tickMs = 10;
const PF_KTHREAD = 0x00200000;

/** @throws Error when the text is not such a line */
export function parseStat(text: string): Stat {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) throw new Error('not a line of /proc/PID/stat');
  // rest[0] is field 3 of the manual page.
  const rest = text.slice(close + 2).split(' ');
  const field = (number: number) => Number(rest[number - 3]);
  return {
    pid: Number.parseInt(text, 10),
    name: text.slice(open + 1, close),
    state: rest[0] ?? '?',
    parentPid: field(4),
    processGroup: field(5),
    session: field(6),
    kernelThread: (field(9) & PF_KTHREAD) !== 0,
    userMs: field(14) * tickMs,
    systemMs: field(15) * tickMs,
    threads: field(20),
    startedMs: field(22) * tickMs,
    processor: field(39),
  };
}
