/** A running gdb, as bytes in and bytes out. */
export interface GdbTransport {
  /** The process id of gdb. */
  readonly pid: number;
  /** Writes to gdb's standard input; `text` is ASCII. */
  write(text: string): void;
  /** Calls back with what gdb printed, in Latin-1: one character a byte, in pieces of any length. */
  onData(listener: (text: string) => void): void;
  /** Calls back once, when gdb has ended and has been reaped: what it traced is free again. */
  onExit(listener: () => void): void;
  /** Sends SIGKILL to gdb. The kernel then lets the traced process go. */
  kill(): void;
  /** Lets go of the terminal, so that it does not keep this process from ending. */
  close(): void;
}
