import { parseMaps, type Mapping } from '../maps.js';
import { defaultProcRoot, tryReadProc } from '../procFile.js';
import { LoadedModule, type ModuleSource } from './loadedModule.js';

/** What was not found is looked for again at the soonest after this time: with many mappings it takes milliseconds. */
const lookAgainMs = 1000;

interface CodeRange {
  readonly start: number;
  readonly end: number;
  readonly mapping: Mapping;
  /** Undefined: not opened yet. */
  module: LoadedModule | null | undefined;
}

/** The programs and libraries in a process, by the addresses of their code. */
export class LoadedModules {
  private ranges: CodeRange[] = [];
  private readonly gone: LoadedModule[] = [];
  private readAtMs = -Infinity;
  private readonly source: ModuleSource;

  constructor(source: Omit<ModuleSource, 'procRoot'>, procRoot = defaultProcRoot) {
    this.source = { ...source, procRoot };
  }

  /** Null: no code of a file that can be read is there. */
  at(address: number): LoadedModule | null {
    const range = this.range(address) ?? (this.read() ? this.range(address) : null);
    if (range === null) return null;
    if (range.module === undefined) range.module = LoadedModule.open(range.mapping, this.source);
    return range.module;
  }

  /** Closes what was found gone. Nothing that `at` has given before may be used after that. */
  forget(): void {
    for (const module of this.gone.splice(0)) module.close();
  }

  close(): void {
    this.forget();
    for (const { module } of this.ranges) module?.close();
    this.ranges = [];
  }

  private range(address: number): CodeRange | null {
    return this.ranges.find(({ start, end }) => address >= start && address < end) ?? null;
  }

  /** Reads the mappings anew, if that was not done just now. What is still where it was is kept. */
  private read(): boolean {
    const { pid, procRoot } = this.source;
    const now = performance.now();
    if (now - this.readAtMs < lookAgainMs) return false;
    this.readAtMs = now;
    const mappings = parseMaps(tryReadProc(`${procRoot}/${pid}/maps`) ?? '').filter(({ permissions }) =>
      permissions.includes('x'),
    );
    const key = ({ start, inode, offset }: Mapping): string => `${start} ${inode} ${offset}`;
    const known = new Map(this.ranges.map((range) => [key(range.mapping), range]));
    this.ranges = mappings.map((mapping) => {
      const before = known.get(key(mapping));
      known.delete(key(mapping));
      const [start, end] = [Number(mapping.start), Number(mapping.end)];
      return { start, end, mapping, module: before?.module };
    });
    this.gone.push(...[...known.values()].flatMap(({ module }) => module ?? []));
    return true;
  }
}
