import { createHash } from 'node:crypto';

/** A wait of a thread, so exactly that it is known again as long as the thread has not run. */
export interface ThreadWait {
  /**
   * A hash of the arguments, the stack pointer and the program counter of its system call. Not of the call's number, as
   * a stop makes restart_syscall() of some, nor of the fourth argument, which may be what is left of a timeout.
   */
  readonly place: bigint;
  /** How often the thread has begun to wait (`voluntary_ctxt_switches` of proc_pid_status(5)). */
  readonly switches: number;
}

/**
 * @param call what /proc/PID/task/TID/syscall says (proc_pid_syscall(5))
 * @param sched what /proc/PID/task/TID/sched says
 * @returns null: the thread does not wait in a system call, or the kernel tells too little
 */
export function parseThreadWait(call: string | null, sched: string | null): ThreadWait | null {
  const [, first, last] =
    /^\d+((?: 0x[0-9a-f]+){3}) 0x[0-9a-f]+((?: 0x[0-9a-f]+){4})\s*$/.exec(call ?? '') ?? [];
  const [, switches] = /^nr_voluntary_switches +: +(\d+)$/m.exec(sched ?? '') ?? [];
  if (first === undefined || last === undefined || switches === undefined) return null;
  return {
    place: createHash('sha1').update(`${first}${last}`).digest().readBigUInt64LE(),
    switches: Number(switches) % 2 ** 32,
  };
}
