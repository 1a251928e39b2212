import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parseCommandLine } from './commandLine.js';
import { dynamicSymbols, type DynamicSymbols, type Reader } from './elf.js';
import { imageBases, parseMaps } from './maps.js';
import { defaultProcRoot, tryReadLink, tryReadProc } from './procFile.js';
import { openProcessMemory } from './processMemory.js';

/** What can be told of a process's interpreter without stopping it. */
export interface PythonProcess {
  /** "CPython"; others ("PyPy", "GraalPy") are told so that they can be refused by name. */
  implementation: string;
  /** "3.11.7" where it can be had, else "3.11"; null: not told. */
  version: string | null;
  /** Another program that has Python inside: its executable is not called python. */
  embedded: boolean;
}

export interface PythonProcessOptions {
  procRoot?: string;
  /** /proc/PID/maps, when it was read already. */
  maps?: string | null;
  /** Read what takes longer: the patch level from memory, and the file of an executable with an unknown name. */
  thorough?: boolean;
}

const libraryName = /libpython(\d(?:\.\d+)?)[a-z]*\.so/g;
const executableName = /^python(\d(?:\.\d+)?)?[a-z]*(-dbg|-debug)?$/;
/** Other implementations, by the name of the executable or of a library. */
const others = [
  { name: 'PyPy', executable: /^pypy/, library: /\/libpypy[^/\n]*\.so/ },
  { name: 'GraalPy', executable: /^graalpy/, library: /\/libpythonvm[^/\n]*\.so/ },
  { name: 'MicroPython', executable: /^micropython/, library: null },
];

/** Is it Python, and which? Null when it is not, or when nothing can be read of it. */
export function pythonProcess(pid: number, options: PythonProcessOptions = {}): PythonProcess | null {
  const directory = `${options.procRoot ?? defaultProcRoot}/${String(pid)}`;
  const executable = tryReadLink(`${directory}/exe`)?.replace(/ \(deleted\)$/, '') ?? guess(directory);
  if (executable === null) return null;
  const name = executable.slice(executable.lastIndexOf('/') + 1);
  const maps = options.maps ?? tryReadProc(`${directory}/maps`) ?? '';

  for (const other of others) {
    const named = other.executable.test(name);
    if (named || other.library?.test(maps) === true) {
      return { implementation: other.name, version: /\d\.\d+/.exec(name)?.[0] ?? null, embedded: !named };
    }
  }

  const byName = executableName.exec(name);
  const library = longest([...maps.matchAll(libraryName)]);
  const found = byName !== null || library !== null;
  if (!found && options.thorough !== true) return null;

  const embedded = byName === null;
  const version = longest([library, byName].filter((match) => match !== null))?.[1] ?? null;
  const minor = version?.includes('.') === true ? version : null;
  if (options.thorough === true || minor === null) {
    const exact = versionInside(pid, directory, maps, executable, library?.[0] ?? executable, minor);
    if (exact !== null) return { implementation: 'CPython', version: exact, embedded };
  }
  return found ? { implementation: 'CPython', version, embedded } : null;
}

/** Of another user's process only the command line can be read: it tells the name that the program was called by. */
function guess(directory: string): string | null {
  const [name = ''] = parseCommandLine(tryReadProc(`${directory}/cmdline`) ?? '');
  return name === '' ? null : name;
}

/** The match with the longest version: libpython3.so may be loaded beside libpython3.11.so. */
function longest(matches: RegExpExecArray[]): RegExpExecArray | null {
  let best: RegExpExecArray | null = null;
  for (const match of matches) {
    if (best === null || (match[1]?.length ?? 0) > (best[1]?.length ?? 0)) best = match;
  }
  return best;
}

/**
 * Looks into the image of the interpreter: `Py_Version` (from 3.11 on), else its text constants.
 * @param minor "3.9", when a name told it; null: is it an interpreter at all?
 */
function versionInside(
  pid: number,
  directory: string,
  maps: string,
  executable: string,
  imageName: string,
  minor: string | null,
): string | null {
  const image = imageBases(parseMaps(maps, imageName))[0];
  if (image === undefined) return null;
  const memory = tryOpen(pid, directory);
  try {
    const symbols = memory && trySymbols(memory, image.start);
    if (memory !== null && symbols !== null) {
      const address = tryFind(symbols, 'Py_Version');
      if (address !== null) return formatHexVersion(memory.read(address, 4).readUInt32LE());
    }
    if (minor === null && (symbols === null || tryFind(symbols, 'Py_GetVersion') === null)) return null;
    return versionInFile(
      image.path === executable ? `${directory}/exe` : `${directory}/root${image.path}`,
      minor,
    );
  } catch {
    return null;
  } finally {
    memory?.close();
  }
}

function tryOpen(pid: number, directory: string) {
  try {
    return openProcessMemory(pid, {
      procRoot: directory.slice(0, directory.lastIndexOf('/')),
      readOnly: true,
    });
  } catch {
    return null;
  }
}

function trySymbols(memory: Reader, base: bigint): DynamicSymbols | null {
  try {
    return dynamicSymbols(memory, base);
  } catch {
    return null;
  }
}

function tryFind(symbols: DynamicSymbols, name: string): bigint | null {
  try {
    return symbols.find(name);
  } catch {
    return null;
  }
}

/** PY_VERSION_HEX: 0x030b07f0 is "3.11.7", 0x030f00b1 "3.15.0b1". */
export function formatHexVersion(hex: number): string {
  const level = (hex >>> 4) & 15;
  const suffix = level === 15 ? '' : `${{ 10: 'a', 11: 'b', 12: 'rc' }[level] ?? '?'}${String(hex & 15)}`;
  return `${String(hex >>> 24)}.${String((hex >>> 16) & 255)}.${String((hex >>> 8) & 255)}${suffix}`;
}

const maxFileBytes = 64 << 20;

/** The version from the text constants of the executable or library, of its first 64 MiB. */
function versionInFile(path: string, minor: string | null): string | null {
  const file = openSync(path, 'r');
  try {
    const data = Buffer.allocUnsafe(Math.min(fstatSync(file).size, maxFileBytes));
    const length = readSync(file, data, 0, data.length, 0);
    return versionInText(data.toString('latin1', 0, length), minor);
  } finally {
    closeSync(file);
  }
}

/**
 * Among the text constants of an interpreter "python3.8" tells the minor version and "3.8.18" the rest; the linker may
 * have merged the latter into the end of another, such as "/opt/versions/3.8.18".
 */
export function versionInText(text: string, minor: string | null = null): string | null {
  const known = minor ?? /python([23]\.\d+)/.exec(text)?.[1];
  if (known === undefined) return null;
  const escaped = known.replace('.', '\\.');
  const full = new RegExp(`(?<![\\d.])(${escaped}\\.\\d+(?:(?:a|b|rc)\\d+)?)\\+?[\\0 ]`).exec(text);
  return full?.[1] ?? known;
}
