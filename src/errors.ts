/**
 * Every failure that sleeper reports, in one place: what happened, and what to do next.
 * docs/troubleshooting.md has a heading for each.
 */

/** The exit codes of the CLI. */
export const exitCodes = {
  ok: 0,
  /** Something failed that has no code of its own. */
  failure: 1,
  /** The command line was wrong. */
  usage: 2,
  /** Some of several processes failed, the others were described. */
  partial: 3,
  /** No such process, or it ended meanwhile. */
  noProcess: 4,
  /** Not CPython, or a version or build that is not supported. */
  notPython: 5,
  /** This user may not inspect that process. */
  permission: 6,
  /** The process is in a state in which it must not be touched: stopped, traced, zombie, uninterruptible. */
  badState: 7,
  /** gdb is missing, too old, or did not do what it was told. */
  gdb: 8,
  /** The agent is not in the process, or it is of another version. */
  agent: 9,
  /** A deadline passed. */
  timeout: 10,
} as const;

export type ExitCodeName = keyof typeof exitCodes;

/** A failure that a person can act on. */
export class SleeperError extends Error {
  override readonly name = 'SleeperError';
  constructor(
    /** Stable identifier, for scripts and for docs/troubleshooting.md. */
    readonly code: string,
    readonly exit: Exclude<ExitCodeName, 'ok'>,
    /** What happened. One sentence, no full stop needed after a path. */
    message: string,
    /** What to do next. */
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const errors = {
  noSuchProcess: (pid: number) =>
    new SleeperError(
      'no-such-process',
      'noProcess',
      `There is no process ${pid}.`,
      'List the Python processes with `sleeper ps`.',
    ),
} as const;
