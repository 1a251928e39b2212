import { dynamicSymbols, type Reader } from './elf.js';
import { imageBases, parseMaps, type Mapping } from './maps.js';
import { openProcessMemory } from './processMemory.js';
import { defaultProcRoot, readProc, tryReadProc } from './procFile.js';

/** libsleeper.so as it is loaded in a process. */
export interface AgentLibrary {
  /** As the process knows it, in its own mount namespace. */
  path: string;
  /** The file is gone, or another one has taken its name since it was loaded. */
  deleted: boolean;
  /** The address of its ELF header. */
  base: bigint;
  /** The address of `struct sleeper_control` (agent-c/include/sleeper.h). */
  control: bigint;
  /** The address of the function that looks for Python again; null: this version of the agent has none. */
  lookAgain: bigint | null;
}

const fileName = /(^|[/:])libsleeper[^/]*\.so[^/]*$/;

/** The images of libsleeper.so among a process's mappings, also of a deleted file or a memfd. */
export function agentImages(maps: string): Mapping[] {
  return imageBases(parseMaps(maps, 'libsleeper')).filter(({ path }) => fileName.test(path));
}

/** Is the agent loaded in a process? False as well where that cannot be read. */
export function hasAgent(pid: number, procRoot = defaultProcRoot): boolean {
  return agentImages(tryReadProc(`${procRoot}/${String(pid)}/maps`) ?? '').length > 0;
}

/**
 * Finds the agent in a process, from the image in memory: the file may be out of reach (another mount namespace),
 * deleted or replaced. Null when it is not loaded. If it is loaded more than once, the first one counts.
 * @param options.memory the open memory of the process, if there is one
 * @throws the errors of reading /proc/PID/maps and of `openProcessMemory`
 */
export function findAgent(
  pid: number,
  options: { procRoot?: string; memory?: Reader } = {},
): AgentLibrary | null {
  const procRoot = options.procRoot ?? defaultProcRoot;
  const images = agentImages(readProc(`${procRoot}/${String(pid)}/maps`));
  if (images.length === 0) return null;
  const opened = options.memory === undefined ? openProcessMemory(pid, { procRoot, readOnly: true }) : null;
  const memory = options.memory ?? opened;
  if (memory === null) return null;
  try {
    for (const { start, path, deleted } of images) {
      const [control = null, lookAgain = null] = symbolsAt(memory, start);
      if (control !== null) return { path, deleted, base: start, control, lookAgain };
    }
    return null;
  } finally {
    opened?.close();
  }
}

/** Nothing for an image that is no library of ours, whatever it is called. */
function symbolsAt(memory: Reader, base: bigint): (bigint | null)[] {
  try {
    const symbols = dynamicSymbols(memory, base);
    return ['sleeper_control', 'sleeper_look_again'].map((name) => symbols.find(name));
  } catch {
    return [];
  }
}
