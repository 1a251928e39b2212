import { closeSync, openSync, readSync } from 'node:fs';

/** e_machine of elf(5), by the names that Node and people have for them. */
const machines: readonly { readonly value: number; readonly node: string; readonly name: string }[] = [
  { value: 3, node: 'ia32', name: 'x86 of 32 bits' },
  { value: 40, node: 'arm', name: 'ARM of 32 bits' },
  { value: 62, node: 'x64', name: 'x86-64' },
  { value: 183, node: 'arm64', name: 'aarch64' },
  { value: 243, node: 'riscv64', name: 'RISC-V' },
];

/** The architecture that an ELF file is for; null: it is none, or may not be read. */
export function elfMachine(path: string): string | null {
  const header = Buffer.alloc(20);
  try {
    const file = openSync(path, 'r');
    try {
      if (readSync(file, header, 0, header.length, 0) < header.length) return null;
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
  if (header.readUInt32BE(0) !== 0x7f454c46) return null;
  const value = header.readUInt16LE(18);
  return machines.find((each) => each.value === value)?.name ?? `machine ${value}`;
}

/** The name of an architecture that Node calls so (`process.arch`). */
export function machineName(architecture: string): string {
  return machines.find(({ node }) => node === architecture)?.name ?? architecture;
}
