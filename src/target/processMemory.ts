import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { defaultProcRoot, errorCode } from './procFile.js';

/** The memory of a process that is open for reading and, where asked for, for writing. */
export interface ProcessMemory {
  /**
   * Exactly `length` bytes.
   * @throws EIO when a part of them is not mapped or not readable; ESRCH-like short reads count as EIO too
   */
  read(address: bigint, length: number): Buffer;
  /** As much of `length` bytes as is mapped and readable without a gap; nothing, if the first is not. */
  readUpTo(address: bigint, length: number): Buffer;
  /**
   * Writes all of `data`; pages that the process itself may not write are written too (proc_pid_mem(5)).
   * @throws EIO when a part of them is not mapped
   */
  write(address: bigint, data: Buffer): void;
  close(): void;
}

export interface MemoryOptions {
  procRoot?: string;
  /** Read only: a write fails with EBADF. */
  readOnly?: boolean;
}

/**
 * Opens /proc/PID/mem. The kernel checks the permission to ptrace once, here (ptrace(2), PTRACE_MODE_ATTACH);
 * afterwards the file stays usable until the process executes another program or ends.
 * @throws ENOENT, EACCES, EPERM of open(2)
 */
export function openProcessMemory(pid: number, options: MemoryOptions = {}): ProcessMemory {
  const path = `${options.procRoot ?? defaultProcRoot}/${String(pid)}/mem`;
  const file = openSync(path, options.readOnly === true ? constants.O_RDONLY : constants.O_RDWR);
  return {
    read(address, length) {
      const data = Buffer.allocUnsafe(length);
      let done = 0;
      while (done < length) {
        const count = readSync(file, data, done, length - done, address + BigInt(done));
        if (count === 0) throw unmapped('read', path, address + BigInt(done));
        done += count;
      }
      return data;
    },
    readUpTo(address, length) {
      const data = Buffer.allocUnsafe(length);
      let done = 0;
      try {
        while (done < length) {
          const count = readSync(file, data, done, length - done, address + BigInt(done));
          if (count === 0) break;
          done += count;
        }
      } catch (error) {
        if (errorCode(error) !== 'EIO') throw error;
      }
      return data.subarray(0, done);
    },
    write(address, data) {
      // writeSync takes a BigInt position without complaint, ignores it, and writes at the current one.
      const position = Number(address);
      if (!Number.isSafeInteger(position + data.length)) throw unmapped('write', path, address);
      let done = 0;
      while (done < data.length) {
        const count = writeSync(file, data, done, data.length - done, position + done);
        if (count === 0) throw unmapped('write', path, address + BigInt(done));
        done += count;
      }
    },
    close() {
      closeSync(file);
    },
  };
}

function unmapped(syscall: string, path: string, address: bigint): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(
    `EIO: i/o error, ${syscall} at 0x${address.toString(16)} of ${path}`,
  );
  error.code = 'EIO';
  error.syscall = syscall;
  error.path = path;
  return error;
}

/** For reading, as an extra: null where this user may not, or the process has ended. */
export function tryOpenProcessMemory(pid: number): ProcessMemory | null {
  try {
    return openProcessMemory(pid, { readOnly: true });
  } catch {
    return null;
  }
}
