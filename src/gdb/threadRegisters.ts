/** The registers that unwinding a thread needs to begin with; those that a function need not preserve are not among them. */
export const unwindRegisters = ['rip', 'rsp', 'rbp', 'rbx', 'r12', 'r13', 'r14', 'r15'] as const;

/** Of one thread; exact up to 2^53, as addresses are. */
export type UnwindRegisters = Readonly<Record<(typeof unwindRegisters)[number], number>>;

/** Of a list of threads: gdb reads lines of up to 4,095 characters. */
const mostCharacters = 3000;

/**
 * Prints them for threads that stand still. gdb needs some 80 us for each.
 * @param threads gdb's own numbers; null: all
 */
export function registersCommand(threads: readonly string[] | null): string {
  const which = threads?.join(' ') ?? 'all';
  const format = unwindRegisters.map(() => '%lx').join(' ');
  const values = unwindRegisters.map((name) => `(unsigned long) $${name}`).join(', ');
  return `thread apply ${which.length > mostCharacters ? 'all' : which} -s -- printf "${format}\\n", ${values}`;
}

/** A process with one thread is "process" to gdb. */
const oneThread = /^Thread ([\d.]+) \([^\n]*?\b(?:LWP|process) (\d+)\b[^\n]*\n((?:[0-9a-f]+ ?){8})$/gm;

export interface ReadRegisters {
  readonly tid: number;
  /** gdb's own number of the thread. */
  readonly number: string;
  readonly registers: UnwindRegisters;
}

/** What gdb printed for `registersCommand`. Threads that have ended meanwhile are left out. */
export function parseRegisters(printed: string): ReadRegisters[] {
  return [...printed.matchAll(oneThread)].map(([, number = '', tid, values = '']) => {
    const numbers = values.split(' ').map((value) => Number(`0x${value}`));
    const registers = Object.fromEntries(unwindRegisters.map((name, index) => [name, numbers[index] ?? 0]));
    return { tid: Number(tid), number, registers: registers as UnwindRegisters };
  });
}
