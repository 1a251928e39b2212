import { dynamicSymbols, type Reader } from './elf.js';
import { imageBases, type Mapping } from './maps.js';

/** Where glibc and musl keep their functions; libdl has dlopen in glibc before 2.34. */
const libraries = [/\/libc[.-][^/]*$/, /\/ld-musl-[^/]*$/, /\/libdl[.-][^/]*$/, /\/libpthread[.-][^/]*$/];

/** The address in the process of a function of its C library; null: there is none, or the program is static. */
export function findLibcFunction(mappings: readonly Mapping[], memory: Reader, name: string): bigint | null {
  for (const { start, path } of imageBases(mappings)) {
    if (!libraries.some((pattern) => pattern.test(path))) continue;
    try {
      const found = dynamicSymbols(memory, start).find(name);
      if (found !== null) return found;
    } catch {
      // Not what its name says: the next may be.
    }
  }
  return null;
}

/** Which C library is among a process's mappings; null: neither of the two, as in a static program. */
export function libcName(maps: string): 'glibc' | 'musl' | null {
  // musl's one library is its loader; its file may be called libc.so, as glibc's linker script is, which nobody maps.
  if (/\/(ld-musl-[^/\n]*|libc\.musl-[^/\n]*|libc\.so)$/m.test(maps)) return 'musl';
  return /\/libc(-2\.\d+\.so|\.so\.6)$/m.test(maps) ? 'glibc' : null;
}
