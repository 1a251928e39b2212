/** Signals by number (signal(7)); the same on x86-64 and aarch64. */
const names = (
  'SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM ' +
  'SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF ' +
  'SIGWINCH SIGIO SIGPWR SIGSYS'
).split(' ');

/** "SIGTERM", "SIGRTMIN+1" as glibc counts (its first two are its own: "signal 32"). */
export function signalName(number: number): string {
  const name = names[number - 1];
  if (name !== undefined) return name;
  if (number === 34) return 'SIGRTMIN';
  if (number === 64) return 'SIGRTMAX';
  if (number > 34 && number < 64) return `SIGRTMIN+${String(number - 34)}`;
  return `signal ${String(number)}`;
}

/** The members of a sigset_t of the kernel: bit 0 is signal 1. */
export function signalsOf(mask: bigint): string[] {
  const signals: string[] = [];
  for (let number = 1; number <= 64; number++) {
    if ((mask & (1n << BigInt(number - 1))) !== 0n) signals.push(signalName(number));
  }
  return signals;
}
