/** What the log of a recording says; the grammar is in agent-c/include/sleeper.h (`enum sleeper_log`). */
export type LogRecord =
  /** All numbers that were given before are void. */
  | { readonly kind: 'forget' }
  /** Where those wait who want an interpreter's GIL; 0: not known in this version. */
  | { readonly kind: 'interpreter'; readonly id: number; readonly locks: bigint; readonly bytes: number }
  | {
      readonly kind: 'code';
      readonly number: number;
      readonly firstLine: number;
      readonly name: string;
      readonly file: string;
    }
  /** `parent` 0: the outermost frame. `code` as in `specialCode`, or the number of a code record. */
  | {
      readonly kind: 'node';
      readonly number: number;
      readonly parent: number;
      readonly code: number;
      readonly line: number | null;
      /** It has an evaluation loop of C of its own; false: it shares its caller's. */
      readonly entry: boolean;
      /** The number of what its variables are; 0: not recorded. */
      readonly variables: number;
    }
  /** JSON: an object with the member `variables` of a frame in a dump. */
  | { readonly kind: 'variables'; readonly number: number; readonly text: string }
  /** `tid` 0: not known. */
  | {
      readonly kind: 'thread';
      readonly number: number;
      readonly interpreter: number;
      readonly ident: bigint;
      readonly tid: number;
    }
  | { readonly kind: 'name'; readonly thread: number; readonly name: string }
  | {
      readonly kind: 'sample';
      /** CLOCK_MONOTONIC. */
      readonly ns: bigint;
      /** The threads that are not as in the sample before. `node` 0: no Python frame. */
      readonly changed: readonly {
        readonly thread: number;
        readonly node: number;
        readonly holdsGil: boolean;
      }[];
      readonly gone: readonly number[];
    };

/** What may stand in the place of a code object. */
export const specialCode = { more: 0, unreadable: 1 } as const;

/** `enum sleeper_log`. */
export const logKind = {
  forget: 1,
  interpreter: 2,
  code: 3,
  node: 4,
  thread: 5,
  name: 6,
  sample: 7,
  variables: 8,
} as const;

class Cursor {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError('a record is cut off');
    return byte;
  }

  /** LEB128. */
  big(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  }

  number(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 49; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too large');
  }

  text(): string {
    const length = this.number();
    if (length > this.bytes.length - this.at) throw new RangeError('a text is cut off');
    const text = this.bytes.toString('utf8', this.at, this.at + length);
    this.at += length;
    return text;
  }
}

function readSample(cursor: Cursor): LogRecord {
  const ns = cursor.big();
  const changed = [];
  for (let thread = cursor.number(); thread !== 0; thread = cursor.number()) {
    changed.push({ thread: thread - 1, node: cursor.number(), holdsGil: cursor.number() === 1 });
  }
  const gone = [];
  for (let thread = cursor.number(); thread !== 0; thread = cursor.number()) gone.push(thread - 1);
  return { kind: 'sample', ns, changed, gone };
}

function readRecord(cursor: Cursor): LogRecord {
  const kind = cursor.byte();
  switch (kind) {
    case logKind.forget:
      return { kind: 'forget' };
    case logKind.interpreter:
      return { kind: 'interpreter', id: cursor.number(), locks: cursor.big(), bytes: cursor.number() };
    case logKind.code:
      return {
        kind: 'code',
        ...{ number: cursor.number(), firstLine: cursor.number() },
        ...{ name: cursor.text(), file: cursor.text() },
      };
    case logKind.node: {
      const [number, parent, code, line] = [
        cursor.number(),
        cursor.number(),
        cursor.number(),
        cursor.number(),
      ];
      const [entry, variables] = [cursor.number() === 1, cursor.number()];
      return { kind: 'node', number, parent, code, line: line === 0 ? null : line - 1, entry, variables };
    }
    case logKind.thread:
      return {
        kind: 'thread',
        ...{ number: cursor.number(), interpreter: cursor.number() },
        ...{ ident: cursor.big(), tid: cursor.number() },
      };
    case logKind.name:
      return { kind: 'name', thread: cursor.number(), name: cursor.text() };
    case logKind.variables:
      return { kind: 'variables', number: cursor.number(), text: cursor.text() };
    case logKind.sample:
      return readSample(cursor);
    default:
      throw new RangeError(`there is no record of kind ${kind}`);
  }
}

/**
 * Reads a log, or the part of it that is new.
 * @throws RangeError when it is not one
 */
export function decodeLog(log: Buffer): LogRecord[] {
  const cursor = new Cursor(log);
  const records: LogRecord[] = [];
  while (!cursor.atEnd) records.push(readRecord(cursor));
  return records;
}
