import type { ElfFile } from './elfFile.js';

const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const symbolBytes = 24;
/** Of one table. The largest libraries have a million symbols. */
const mostBytes = 256 << 20;

/** A symbol table, in which names stay bytes until they are asked for. */
interface SymbolTable {
  readonly symbols: Buffer;
  readonly names: Buffer;
}

/** What compilers append to the names of parts and variants of functions: ".cold", ".isra.0". */
function withoutSuffix(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}

/** Of several names of one function the one that a person would call it by comes first. */
function byPreference(a: string, b: string): number {
  const underscores = (name: string): number => name.length - name.replace(/^_+/, '').length;
  return underscores(a) - underscores(b) || a.length - b.length;
}

function tablesOf(file: ElfFile): SymbolTable[] {
  return file.symbolSections.flatMap(({ offset, bytes, strings }) =>
    bytes > mostBytes || strings.bytes > mostBytes
      ? []
      : [{ symbols: file.read(offset, bytes), names: file.read(strings.offset, strings.bytes) }],
  );
}

function isFunction({ symbols }: SymbolTable, at: number): boolean {
  const type = (symbols[at + 4] ?? 0) & 0x0f;
  const isDefined = symbols.readUInt16LE(at + 6) !== 0;
  return (type === STT_FUNC || type === STT_GNU_IFUNC) && isDefined;
}

const startOf = ({ symbols }: SymbolTable, at: number): number => Number(symbols.readBigUInt64LE(at + 8));

function nameOf({ symbols, names }: SymbolTable, at: number): string | null {
  const nameAt = symbols.readUInt32LE(at);
  const end = names.indexOf(0, nameAt);
  return nameAt === 0 || end < 0 ? null : withoutSuffix(names.toString('utf8', nameAt, end));
}

/** The functions of one symbol table, sorted by where they begin. */
class SortedFunctions {
  private readonly starts: Float64Array;
  /** Where in the table each is. */
  private readonly places: Uint32Array;

  constructor(private readonly table: SymbolTable) {
    const found: number[] = [];
    for (let at = 0; at + symbolBytes <= table.symbols.length; at += symbolBytes)
      if (isFunction(table, at)) found.push(at);
    this.places = Uint32Array.from(found).sort((a, b) => startOf(table, a) - startOf(table, b));
    this.starts = Float64Array.from(this.places, (at) => startOf(table, at));
  }

  /** The names of the functions that an address is in, as far as they begin nearest to it. */
  at(address: number): string[] {
    const { starts, places, table } = this;
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? Infinity) <= address) low = middle + 1;
      else high = middle;
    }
    const found: string[] = [];
    const start = starts[low - 1];
    for (let index = low - 1; index >= 0 && starts[index] === start; index--) {
      const place = places[index] ?? 0;
      const bytes = Number(table.symbols.readBigUInt64LE(place + 16));
      const name = address < (start ?? 0) + Math.max(bytes, 1) ? nameOf(table, place) : null;
      if (name !== null) found.push(name);
    }
    return found;
  }

  startOf(name: string): number | null {
    if (!this.table.names.includes(name)) return null;
    const place = this.places.find((at) => nameOf(this.table, at) === name);
    return place === undefined ? null : startOf(this.table, place);
  }
}

/** The names of the functions of a file, or of several that describe the same code. */
export class FunctionNames {
  private readonly tables: readonly SortedFunctions[];

  constructor(files: readonly ElfFile[]) {
    this.tables = files.flatMap(tablesOf).map((table) => new SortedFunctions(table));
  }

  /** The first address of a function; null: there is none of that name. */
  startOf(name: string): number | null {
    for (const table of this.tables) {
      const start = table.startOf(name);
      if (start !== null) return start;
    }
    return null;
  }

  /** The name of the function that an address of the file's own is in; null: it has none that is known. */
  find(address: number): string | null {
    const [best = null] = this.tables.flatMap((table) => table.at(address)).sort(byPreference);
    return best;
  }
}
