import { inConsole, isStopOrEnd, text, tuple, type MiAsyncRecord } from './miRecord.js';

/** A call that leaves no trace in the thread that it borrows; see agent-c/include/sleeper.h. */
export interface PreservedCall {
  /** The address of the agent's control block, which holds the request. */
  readonly control: bigint;
  /** The entry stub, where the thread is sent. */
  readonly entry: bigint;
  /** The program counter at which the thread stops when the call is over. */
  readonly done: bigint;
  /** From where a thread in the stub goes back by itself. */
  readonly landing: bigint;
  /** Of the agent's stack. */
  readonly stackTop: bigint;
}

/** How a call ended. The registers were put back in every case but the last. */
export type CallOutcome =
  | { readonly kind: 'returned' }
  /** It faulted, or stopped somewhere else. `signal` is "SIGSEGV", ...; `pc` an address as gdb prints it. */
  | { readonly kind: 'faulted'; readonly signal: string; readonly pc: string | null }
  /** It was still running when its deadline passed, and was broken off. */
  | { readonly kind: 'brokenOff'; readonly pc: string | null }
  /** The process ended. */
  | { readonly kind: 'processEnded' };

/** How the agent says that it is done: see sleeper.h. */
const doneSignals = ['SIGURG', 'SIGTRAP'];

/**
 * Is it the stop that tells how a call ended? A SIGURG elsewhere is none: one of the target's own that came before its
 * signals were blocked, or the agent's in a handler of another one; `sleeper-mend` has the call go on.
 */
export function endsCall(call: PreservedCall, record: MiAsyncRecord): boolean {
  return (
    isStopOrEnd(record) &&
    (text(record.results, 'signal-name') !== 'SIGURG' || programCounter(record) === call.done)
  );
}

function programCounter(stop: MiAsyncRecord): bigint | null {
  const frame = tuple(stop.results, 'frame');
  const address = frame === null ? null : text(frame, 'addr');
  return address === null ? null : BigInt(address);
}

/** What a stop (`*stopped`) after a call means. */
export function callOutcome(call: PreservedCall, stop: MiAsyncRecord): CallOutcome {
  if (stop.kind !== 'exec') return { kind: 'processEnded' };
  if (text(stop.results, 'reason')?.startsWith('exited') === true) return { kind: 'processEnded' };
  const signal = text(stop.results, 'signal-name') ?? 'unknown';
  const at = programCounter(stop);
  if (doneSignals.includes(signal) && at === call.done) return { kind: 'returned' };
  const pc = at === null ? null : `0x${at.toString(16)}`;
  if (signal === 'SIGSTOP') return { kind: 'brokenOff', pc };
  return { kind: 'faulted', signal, pc };
}

/** The command that goes before all others, also before there is a process. */
export function aimCommand({ control, entry, done, landing, stackTop }: PreservedCall): string {
  const addresses = [control, entry, done, landing, stackTop].map((address) => `0x${address.toString(16)}`);
  return inConsole(`sleeper-aim ${addresses.join(' ')}`);
}

/**
 * The command for a call in the selected thread after which the process runs on. Short, and not one of MI: gdb reads
 * what it is told byte by byte, with a system call for each, while the process stands.
 */
export const pokeCommand = 'sleeper-poke';

/** The commands for a call in the selected thread; the second does nothing unless the first failed half-way. */
export const callCommands = [inConsole('sleeper-call'), inConsole('sleeper-restore')] as const;

/** Of a list of threads in one command: gdb reads lines of up to 4,095 characters. */
const mostThreads = 500;

/**
 * The commands that have the system calls of threads begin again.
 * @param numbers gdb's own of the threads
 */
export function againCommands(numbers: readonly string[]): string[] {
  const commands: string[] = [];
  for (let at = 0; at < numbers.length; at += mostThreads) {
    const some = numbers.slice(at, at + mostThreads).join(' ');
    commands.push(inConsole(`thread apply ${some} -q -s -- sleeper-again`));
  }
  return commands;
}
