import { existsSync, readlinkSync } from 'node:fs';

/*
 * The id of a recording says who makes it, so that one whose maker was killed can be told: the pid namespace (the low 20
 * bits of its inode), the pid there (22 bits, as many as Linux has), and a random number.
 */
const pidBits = 22n;
const randomBits = 22n;

function namespaceBits(): bigint {
  const [inode = '0'] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? [];
  return BigInt(inode) & 0xf_ffffn;
}

/** A new id; not 0. */
export function newRecordingId(): bigint {
  const random = BigInt(1 + Math.floor(Math.random() * (2 ** Number(randomBits) - 1)));
  return (namespaceBits() << (pidBits + randomBits)) | (BigInt(process.pid) << randomBits) | random;
}

/** Is the process that makes it known to have ended? Of one in another pid namespace nothing is known. */
export function isMakerGone(id: bigint): boolean {
  if (id >> (pidBits + randomBits) !== namespaceBits()) return false;
  const pid = (id >> randomBits) & ((1n << pidBits) - 1n);
  return !existsSync(`/proc/${pid}`);
}
