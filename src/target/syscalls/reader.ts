import type { Reader } from '../elf.js';

/** Reads arguments of a system call from a process's memory; null where there is nothing to be read. */
export class ArgumentReader {
  /** @param memory null: this user may not read it */
  constructor(private readonly memory: Reader | null) {}

  bytes(address: bigint, length: number): Buffer | null {
    if (this.memory === null || address === 0n) return null;
    try {
      return this.memory.read(address, length);
    } catch {
      return null;
    }
  }

  /** A struct timespec (seconds and nanoseconds), in nanoseconds. */
  timespec(address: bigint): bigint | null {
    const data = this.bytes(address, 16);
    return data && data.readBigInt64LE(0) * 1_000_000_000n + data.readBigInt64LE(8);
  }

  /** A struct timeval (seconds and microseconds), in nanoseconds. */
  timeval(address: bigint): bigint | null {
    const data = this.bytes(address, 16);
    return data && data.readBigInt64LE(0) * 1_000_000_000n + data.readBigInt64LE(8) * 1000n;
  }

  /** A C string, at most `limit` bytes of it, not further than the end of its page if the next cannot be read. */
  string(address: bigint, limit = 256): string | null {
    const inPage = Number(4096n - (address & 4095n));
    const data = this.bytes(address, limit) ?? (inPage < limit ? this.bytes(address, inPage) : null);
    if (data === null) return null;
    const end = data.indexOf(0);
    return end < 0 ? `${data.toString('utf8')}...` : data.toString('utf8', 0, end);
  }

  /** The members of an fd_set of select(2). */
  fdSet(address: bigint, count: number): number[] {
    const size = Math.ceil(Math.min(Math.max(count, 0), 65536) / 64) * 8;
    const data = size === 0 ? null : this.bytes(address, size);
    const fds: number[] = [];
    if (data === null) return fds;
    for (const [index, byte] of data.entries()) {
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        const fd = index * 8 + bit;
        if ((byte & (1 << bit)) !== 0 && fd < count) fds.push(fd);
      }
    }
    return fds;
  }

  /** An array of struct pollfd of poll(2). */
  pollFds(address: bigint, count: number): { fd: number; events: number }[] {
    const data = count > 0 ? this.bytes(address, Math.min(count, 65536) * 8) : null;
    const fds: { fd: number; events: number }[] = [];
    if (data === null) return fds;
    for (let at = 0; at < data.length; at += 8) {
      const fd = data.readInt32LE(at);
      if (fd >= 0) fds.push({ fd, events: data.readInt16LE(at + 4) });
    }
    return fds;
  }
}
