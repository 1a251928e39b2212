import { isNested, readConfinement, readPtraceScope } from './permission.js';
import { defaultProcRoot, tryReadProc } from './procFile.js';
import { parseStatus, type Status } from './status.js';

/** What the kernel says of this process and of the machine that matters for tracing any other. */
export interface Surroundings {
  readonly self: Status;
  /** Yama's setting; null: there is no Yama. */
  readonly ptraceScope: number | null;
  /** As `PermissionFacts.confinement`. */
  readonly confinement: string | null;
  readonly nestedUserNamespace: boolean;
  readonly nestedPidNamespace: boolean;
  /** A processor with AMX: its registers are more than gdb up to 13 can write. */
  readonly amx: boolean;
}

export function readSurroundings(procRoot = defaultProcRoot): Surroundings {
  return {
    self: parseStatus(tryReadProc(`${procRoot}/self/status`) ?? ''),
    ptraceScope: readPtraceScope(procRoot),
    confinement: readConfinement(procRoot),
    nestedUserNamespace: isNested('user', procRoot),
    nestedPidNamespace: isNested('pid', procRoot),
    amx: /^flags\s*:.*\bamx_tile\b/m.test(tryReadProc(`${procRoot}/cpuinfo`) ?? ''),
  };
}
