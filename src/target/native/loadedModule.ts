import type { Mapping } from '../maps.js';
import { openElfFile, parseElfFile, type ElfFile, type OpenElfFile } from './elfFile.js';
import { FunctionNames } from './functionNames.js';
import { otherPiece, type Piece } from './functionPieces.js';
import { rulesAt, type UnwindRules } from './unwindRules.js';
import { UnwindTables } from './unwindTables.js';

/** Rules and functions are remembered by address: a program is found at few. */
const mostRemembered = 20_000;
const pageBytes = 4096;

/** Where a process is looked at. */
export interface ModuleSource {
  readonly pid: number;
  readonly procRoot: string;
  readonly memory: { read(address: bigint, length: number): Buffer };
  /** The one function whose other piece is found also where it has no name of its own. */
  readonly wholeFunction: string;
}

export interface FunctionPlace {
  /** Where it has none that is known, "0x4f20": its first address in the file. */
  readonly name: string;
  readonly unnamed: boolean;
}

/** A program or library whose code is mapped in a process. */
export class LoadedModule {
  private readonly tables: UnwindTables | null;
  private readonly rules = new Map<number, UnwindRules | null>();
  private readonly functions = new Map<number, FunctionPlace>();
  private names: FunctionNames | null = null;
  /** The other one of `wholeFunction`. */
  private piece: Piece | null = null;

  /**
   * @param path as the process calls it; text of the target
   * @param bias what is to be added to an address of the file's own
   */
  private constructor(
    readonly path: string,
    private readonly bias: number,
    private readonly file: OpenElfFile,
    private readonly wholeFunction: string,
  ) {
    this.tables = UnwindTables.of(file);
  }

  /** What a mapping of code belongs to. Null: it is of no file, or of one that is gone or damaged. */
  static open(mapping: Mapping, source: ModuleSource): LoadedModule | null {
    const file = mapping.path === '[vdso]' ? openVdso(mapping, source) : openMapped(mapping, source);
    if (file === null) return null;
    try {
      return new LoadedModule(mapping.path, biasOf(file, mapping), file, source.wholeFunction);
    } catch {
      file.close();
      return null;
    }
  }

  close(): void {
    this.file.close();
  }

  /** How the frame of the function at an address is unwound; null: that is not known. */
  rulesAt(address: number): UnwindRules | null {
    return remember(this.rules, address, () => {
      try {
        const entry = this.tables?.find(address - this.bias) ?? null;
        return entry === null ? null : rulesAt(entry, address - this.bias);
      } catch {
        return null;
      }
    });
  }

  functionAt(address: number): FunctionPlace {
    return remember(this.functions, address, () => {
      const own = address - this.bias;
      this.names ??= this.readNames();
      const name = this.names.find(own);
      if (name !== null) return { name, unnamed: false };
      if (this.piece !== null && own >= this.piece.start && own < this.piece.end)
        return { name: this.wholeFunction, unnamed: false };
      return { name: `0x${this.startOf(own).toString(16)}`, unnamed: true };
    });
  }

  private startOf(own: number): number {
    try {
      return this.tables?.find(own)?.start ?? own;
    } catch {
      return own;
    }
  }

  private readNames(): FunctionNames {
    const debug = openDebugFile(this.file);
    try {
      const names = new FunctionNames(debug === null ? [this.file] : [this.file, debug]);
      const whole = names.startOf(this.wholeFunction);
      if (whole !== null && this.tables !== null) this.piece = otherPiece(this.file, this.tables, whole);
      return names;
    } catch {
      return new FunctionNames([]);
    } finally {
      debug?.close();
    }
  }
}

function remember<T>(memory: Map<number, T>, address: number, find: () => T): T {
  let known = memory.get(address);
  if (known === undefined) {
    if (memory.size === mostRemembered) memory.clear();
    memory.set(address, (known = find()));
  }
  return known;
}

/** A file as the process sees it, if it is still the one that was mapped. */
function openMapped(mapping: Mapping, { pid, procRoot }: ModuleSource): OpenElfFile | null {
  if (mapping.inode === '0') return null;
  const range = `${mapping.start.toString(16)}-${mapping.end.toString(16)}`;
  for (const path of [`${procRoot}/${pid}/root${mapping.path}`, `${procRoot}/${pid}/map_files/${range}`]) {
    try {
      return openElfFile(path, mapping.inode);
    } catch {
      // Deleted, or not allowed, or damaged: the next one.
    }
  }
  return null;
}

/** The code that the kernel maps is in no file, but lies in memory like one (vdso(7)). */
function openVdso(mapping: Mapping, { memory }: ModuleSource): OpenElfFile | null {
  try {
    const image = memory.read(mapping.start, Number(mapping.end - mapping.start));
    const file = parseElfFile((offset, length) => image.subarray(offset, offset + length));
    return { ...file, close: () => undefined };
  } catch {
    return null;
  }
}

/** Where distributions put the symbols that they strip off. */
function openDebugFile({ buildId }: ElfFile): OpenElfFile | null {
  if (buildId === null) return null;
  try {
    return openElfFile(`/usr/lib/debug/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`);
  } catch {
    return null;
  }
}

/** @throws Error when the mapping is not one of the file's code */
function biasOf(file: ElfFile, mapping: Mapping): number {
  const offset = Number(mapping.offset);
  const segment = file.segments.find(
    (each) => each.executable && offset > each.offset - pageBytes && offset < each.offset + each.bytes,
  );
  if (segment === undefined) throw new Error('the mapping is of no code of the file');
  return Number(mapping.start) - (segment.address - segment.offset + offset);
}
