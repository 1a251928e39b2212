/**
 * The memory of a process. `openProcessMemory` of src/target has this shape; tests use a buffer.
 * Both throw where a part of the range is not mapped.
 */
export interface Memory {
  read(address: bigint, length: number): Buffer;
  write(address: bigint, data: Buffer): void;
}
