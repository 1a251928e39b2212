import type { Decoded, RawSystemCall } from './decode.js';
import { int, orInfinite } from './format.js';
import type { ArgumentReader } from './reader.js';

type Arguments = RawSystemCall['arguments'];

/** More operations of one call are not told. */
const mostOperations = 8;
/** A struct sembuf: the number of the semaphore, what to add to it, flags; of 16 bits each. */
const operationBytes = 6;

/** semop(2) and semtimedop(2): `set=5, operations=[0:-1, 2:+0]`. */
export function decodeSemop(args: Arguments, memory: ArgumentReader, time: bigint): Decoded {
  const count = Math.min(int(args[2]), mostOperations);
  const data = count > 0 ? memory.bytes(args[1], count * operationBytes) : null;
  const operations = Array.from({ length: data === null ? 0 : count }, (_, index) => {
    const at = index * operationBytes;
    const change = data?.readInt16LE(at + 2) ?? 0;
    return `${data?.readUInt16LE(at) ?? 0}:${change < 0 ? '' : '+'}${change}`;
  });
  return {
    arguments: [
      `set=${String(int(args[0]))}`,
      ...(operations.length === 0 ? [] : [`operations=[${operations.join(', ')}]`]),
      orInfinite(time, memory.timespec(time)),
    ],
  };
}

/** msgsnd(2): the message lies at an address; its size is what counts. */
export function decodeMsgsnd(args: Arguments): Decoded {
  return { arguments: [`queue=${String(int(args[0]))}`, `count=${String(args[2])}`] };
}

/** msgrcv(2): 0 is any type of message. */
export function decodeMsgrcv(args: Arguments): Decoded {
  const type = BigInt.asIntN(64, args[3]);
  return { arguments: [`queue=${String(int(args[0]))}`, ...(type === 0n ? [] : [`type=${String(type)}`])] };
}
