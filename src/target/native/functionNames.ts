import type { ElfFile } from './elfFile.js';

const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const symbolBytes = 24;
/** Of one table. The largest libraries have some hundred thousand symbols. */
const mostBytes = 256 << 20;

interface NamedFunction {
  readonly start: number;
  readonly bytes: number;
  readonly name: string;
}

/** What compilers append to the names of parts and variants of functions: ".cold", ".isra.0". */
function withoutSuffix(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}

/** Of several names of one function the one that a person would call it by. */
function isBetter(a: string, b: string): boolean {
  const underscores = (name: string): number => name.length - name.replace(/^_+/, '').length;
  return underscores(a) - underscores(b) < 0 || (underscores(a) === underscores(b) && a.length < b.length);
}

function* functionsOf(file: ElfFile): Generator<NamedFunction> {
  for (const { offset, bytes, strings } of file.symbolSections) {
    if (bytes > mostBytes || strings.bytes > mostBytes) continue;
    const symbols = file.read(offset, bytes);
    const names = file.read(strings.offset, strings.bytes);
    for (let at = 0; at + symbolBytes <= symbols.length; at += symbolBytes) {
      const type = (symbols[at + 4] ?? 0) & 0x0f;
      const isDefined = symbols.readUInt16LE(at + 6) !== 0;
      if ((type !== STT_FUNC && type !== STT_GNU_IFUNC) || !isDefined) continue;
      const nameAt = symbols.readUInt32LE(at);
      const end = names.indexOf(0, nameAt);
      if (nameAt === 0 || end < 0) continue;
      yield {
        start: Number(symbols.readBigUInt64LE(at + 8)),
        bytes: Number(symbols.readBigUInt64LE(at + 16)),
        name: withoutSuffix(names.toString('utf8', nameAt, end)),
      };
    }
  }
}

/** The names of the functions of a file, or of several that describe the same code. */
export class FunctionNames {
  private readonly functions: readonly NamedFunction[];

  constructor(files: readonly ElfFile[]) {
    const byStart = new Map<number, NamedFunction>();
    for (const file of files) {
      for (const each of functionsOf(file)) {
        const known = byStart.get(each.start);
        if (known === undefined || isBetter(each.name, known.name)) byStart.set(each.start, each);
      }
    }
    this.functions = [...byStart.values()].sort((a, b) => a.start - b.start);
  }

  /** The first address of a function; null: there is none of that name. */
  startOf(name: string): number | null {
    return this.functions.find((each) => each.name === name)?.start ?? null;
  }

  /** The name of the function that an address of the file's own is in; null: it has none that is known. */
  find(address: number): string | null {
    const { functions } = this;
    let [low, high] = [0, functions.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((functions[middle]?.start ?? Infinity) <= address) low = middle + 1;
      else high = middle;
    }
    const found = functions[low - 1];
    return found !== undefined && address < found.start + Math.max(found.bytes, 1) ? found.name : null;
  }
}
