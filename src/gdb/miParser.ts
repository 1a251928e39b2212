import type { MiRecord, MiTuple, MiValue } from './miRecord.js';

/** Nesting beyond this is no record of gdb. */
const maxDepth = 64;

const asyncKinds = { '*': 'exec', '+': 'status', '=': 'notify' } as const;
const streamKinds = { '~': 'console', '@': 'target', '&': 'log' } as const;

/**
 * Parses one line, without its newline, in Latin-1. Pure and total: any string gives a record or
 * junk, in time linear in its length. Strings inside a record are decoded as UTF-8.
 */
export function parseMiLine(line: string): MiRecord {
  try {
    return new Parser(line).record();
  } catch (error) {
    if (error instanceof NotMi) return { kind: 'junk', text: line };
    throw error;
  }
}

class NotMi extends Error {}

class Parser {
  private at = 0;
  constructor(private readonly line: string) {}

  record(): MiRecord {
    const { line } = this;
    if (/^\(gdb\) ?\r?$/.test(line)) return { kind: 'prompt' };
    const token = this.token();
    const mark = line.charAt(this.at++);
    if (mark === '^') return { kind: 'result', token, ...this.body() };
    if (mark === '*' || mark === '+' || mark === '=')
      return { kind: asyncKinds[mark], token, ...this.body() };
    if (token === null && (mark === '~' || mark === '@' || mark === '&')) {
      const content = this.string();
      this.end();
      return { kind: streamKinds[mark], text: content };
    }
    throw new NotMi();
  }

  private token(): number | null {
    const start = this.at;
    while (isDigit(this.line.charCodeAt(this.at))) this.at++;
    if (this.at === start) return null;
    const token = Number(this.line.slice(start, this.at));
    if (!Number.isSafeInteger(token)) throw new NotMi();
    return token;
  }

  private body(): { class: string; results: MiTuple } {
    const name = this.name();
    const results = emptyTuple();
    for (let index = 0; this.take(','); index++) this.result(results, index, 0);
    this.end();
    return { class: name, results };
  }

  private end(): void {
    this.take('\r');
    if (this.at !== this.line.length) throw new NotMi();
  }

  private take(character: string): boolean {
    if (this.line.charAt(this.at) !== character) return false;
    this.at++;
    return true;
  }

  private name(): string {
    const start = this.at;
    while (isNameCharacter(this.line.charCodeAt(this.at))) this.at++;
    if (this.at === start) throw new NotMi();
    return this.line.slice(start, this.at);
  }

  /** `name=value`; gdb also prints bare values in some places, which are named by their index. */
  private result(into: Record<string, MiValue>, index: number, depth: number): void {
    if (this.startsValue()) {
      into[String(index)] = this.value(depth);
      return;
    }
    const name = this.name();
    if (!this.take('=')) throw new NotMi();
    into[name] = this.value(depth);
  }

  private startsValue(): boolean {
    const next = this.line.charAt(this.at);
    return next === '"' || next === '{' || next === '[';
  }

  private value(depth: number): MiValue {
    if (depth > maxDepth) throw new NotMi();
    if (this.line.charAt(this.at) === '"') return this.string();
    if (this.take('{')) {
      const tuple = emptyTuple();
      if (this.take('}')) return tuple;
      let index = 0;
      do this.result(tuple, index++, depth + 1);
      while (this.take(','));
      if (!this.take('}')) throw new NotMi();
      return tuple;
    }
    if (this.take('[')) {
      const list: MiValue[] = [];
      if (this.take(']')) return list;
      do list.push(this.item(depth + 1));
      while (this.take(','));
      if (!this.take(']')) throw new NotMi();
      return list;
    }
    throw new NotMi();
  }

  /** An element of a list: a value, or `name=value`, which becomes a tuple of one. */
  private item(depth: number): MiValue {
    if (this.startsValue()) return this.value(depth);
    const tuple = emptyTuple();
    this.result(tuple, 0, depth);
    return tuple;
  }

  private string(): string {
    if (!this.take('"')) throw new NotMi();
    const { line } = this;
    const parts: string[] = [];
    let start = this.at;
    let ascii = true;
    for (;;) {
      const code = line.charCodeAt(this.at);
      if (Number.isNaN(code)) throw new NotMi();
      if (code === 0x22) break;
      if (code > 0x7f) ascii = false;
      if (code !== 0x5c) {
        this.at++;
        continue;
      }
      parts.push(line.slice(start, this.at));
      this.at++;
      const byte = this.escape();
      if (byte > 0x7f) ascii = false;
      parts.push(String.fromCharCode(byte));
      start = this.at;
    }
    parts.push(line.slice(start, this.at));
    this.at++;
    const bytes = parts.join('');
    return ascii ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
  }

  /** What follows a backslash, as a byte: gdb prints a control character or byte as up to 3 octal digits. */
  private escape(): number {
    const { line } = this;
    let octal = 0;
    let digits = 0;
    while (digits < 3) {
      const digit = line.charCodeAt(this.at) - 0x30;
      if (!(digit >= 0 && digit <= 7)) break;
      octal = octal * 8 + digit;
      digits++;
      this.at++;
    }
    if (digits > 0) return octal & 0xff;
    const letter = line.charAt(this.at++);
    const known = letterEscapes[letter];
    if (known !== undefined) return known;
    if (letter === '"' || letter === '\\' || letter === "'") return letter.charCodeAt(0);
    throw new NotMi();
  }
}

const letterEscapes: Readonly<Partial<Record<string, number>>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
};

function emptyTuple(): Record<string, MiValue> {
  return Object.create(null) as Record<string, MiValue>;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isNameCharacter(code: number): boolean {
  return (
    isDigit(code) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x2d ||
    code === 0x5f
  );
}
