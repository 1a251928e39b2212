import { arm64SystemCalls } from './arm64.js';
import { x64SystemCalls } from './x64.js';

/** The same numbers on every architecture; newer than the headers that the tables were generated from (Linux 6.1). */
const newer = new Map([
  [451, 'cachestat'],
  [452, 'fchmodat2'],
  [453, 'map_shadow_stack'],
  [454, 'futex_wake'],
  [455, 'futex_wait'],
  [456, 'futex_requeue'],
  [457, 'statmount'],
  [458, 'listmount'],
  [459, 'lsm_get_self_attr'],
  [460, 'lsm_set_self_attr'],
  [461, 'lsm_list_modules'],
  [462, 'mseal'],
  [463, 'setxattrat'],
  [464, 'getxattrat'],
  [465, 'listxattrat'],
  [466, 'removexattrat'],
  [467, 'open_tree_attr'],
  [468, 'file_getattr'],
  [469, 'file_setattr'],
]);

const tables = new Map<string, string[]>();

/**
 * The name of a system call, or "syscall 999" when it is unknown.
 * @param architecture as `process.arch` says: "x64" or "arm64"
 */
export function systemCallName(number: number, architecture: string = process.arch): string {
  const name = namesOf(architecture)[number];
  if (name !== undefined && name !== '') return name;
  return newer.get(number) ?? `syscall ${String(number)}`;
}

/** The number of a system call that is older than Linux 6.1; null: the architecture has none of that name. */
export function systemCallNumber(name: string, architecture: string = process.arch): number | null {
  const number = namesOf(architecture).indexOf(name);
  return number < 0 ? null : number;
}

function namesOf(architecture: string): string[] {
  let table = tables.get(architecture);
  if (table === undefined) {
    const names = architecture === 'arm64' ? arm64SystemCalls : architecture === 'x64' ? x64SystemCalls : '';
    table = names.split(',');
    tables.set(architecture, table);
  }
  return table;
}
