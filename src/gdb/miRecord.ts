/** A value in gdb's machine interface. Names come from gdb, so a tuple has no prototype. */
export type MiValue = string | MiList | MiTuple;
export type MiList = readonly MiValue[];
export interface MiTuple {
  readonly [name: string]: MiValue | undefined;
}

/** One line of gdb's machine interface (GDB manual, "GDB/MI Output Syntax"). */
export type MiRecord =
  | {
      readonly kind: 'result';
      readonly token: number | null;
      readonly class: string;
      readonly results: MiTuple;
    }
  | {
      readonly kind: 'exec' | 'status' | 'notify';
      readonly token: number | null;
      readonly class: string;
      readonly results: MiTuple;
    }
  | { readonly kind: 'console' | 'target' | 'log'; readonly text: string }
  | { readonly kind: 'prompt' }
  /** Anything else: what a program wrote to gdb's terminal, a cut or damaged record. */
  | { readonly kind: 'junk'; readonly text: string };

/** A record of what happened to the target. */
export type MiAsyncRecord = Extract<MiRecord, { class: string }>;

/** The member of a tuple, if it is a string. */
export function text(tuple: MiTuple, name: string): string | null {
  const value = tuple[name];
  return typeof value === 'string' ? value : null;
}

/** The member of a tuple, if it is a tuple. */
export function tuple(from: MiTuple, name: string): MiTuple | null {
  const value = from[name];
  return isTuple(value) ? value : null;
}

function isTuple(value: MiValue | undefined): value is MiTuple {
  return typeof value === 'object' && !Array.isArray(value);
}

/** The command of MI for one of gdb's own language. */
export function inConsole(command: string): string {
  return `-interpreter-exec console "${command.replace(/[\\"]/g, '\\$&')}"`;
}

/** The target stands still, or has ended. */
export function isStopOrEnd(record: MiAsyncRecord): boolean {
  return (
    (record.kind === 'exec' && record.class === 'stopped') ||
    (record.kind === 'notify' && record.class === 'thread-group-exited')
  );
}
