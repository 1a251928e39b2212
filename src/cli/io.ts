/** Signals that ask a program to end. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndingSignal = (typeof endingSignals)[number];

/** What the CLI has to do with the outside; tests give another one. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inputIsTerminal: boolean;
  readonly outputIsTerminal: boolean;
  readonly errorIsTerminal: boolean;
  /** The terminal's columns; undefined where there is none. */
  readonly columns: number | undefined;
  /** Aborted by Ctrl-C and the like: let the target go, and end. */
  readonly signal: AbortSignal;
  /**
   * Takes the first of these signals, by default SIGINT, which then does not abort `signal`; the next one does. Returns
   * what gives it back.
   */
  readonly onInterrupt: (handler: () => void, signals?: readonly EndingSignal[]) => () => void;
  readonly out: (text: string | Uint8Array) => void;
  readonly err: (text: string) => void;
}

/** Colours: --no-color, then FORCE_COLOR, then NO_COLOR, else only on a terminal that knows them. */
export function wantsColour(io: Io, isTerminal: boolean, option: boolean): boolean {
  const { FORCE_COLOR: force = '', NO_COLOR: no = '', TERM: term = '' } = io.env;
  if (!option) return false;
  if (force !== '') return force !== '0';
  return no === '' && isTerminal && term !== 'dumb';
}

/** The columns to write for: those of the terminal, or COLUMNS; where nobody looks, nothing is cut. */
export function outputWidth(io: Io): number {
  if (io.outputIsTerminal && io.columns !== undefined && io.columns > 0) return Math.max(40, io.columns);
  const columns = Number(io.env['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? Math.max(40, columns) : Infinity;
}
