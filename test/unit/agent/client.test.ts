import { expect, test } from '@jest/globals';
import { ask } from '../../../src/agent/client.js';
import {
  agentState,
  agentStatus,
  controlAbi,
  controlLayout,
  controlSize,
  requestKind,
} from '../../../src/agent/controlBlock.js';
import type { CallOptions, GdbSession } from '../../../src/gdb/session.js';

const control = 0x1000n;
const output = 0x2000n;

/** A process whose agent answers with that text. */
function answering(answer: string): Promise<{ text: string }> {
  const image = Buffer.alloc(0x3000);
  const at = (name: keyof typeof controlLayout): number => Number(control) + controlLayout[name].at;
  image.write('sleeper\0', Number(control));
  image.writeUInt32LE(controlAbi, at('abi'));
  image.writeUInt32LE(controlSize, at('size'));
  image.writeUInt32LE(agentState.ready, at('state'));
  const call = (_: unknown, { prepare }: CallOptions) => {
    prepare?.();
    image.write(answer, Number(output));
    image.writeUInt32LE(1, at('served'));
    image.writeUInt32LE(agentStatus.done, at('status'));
    image.writeBigUInt64LE(output, at('output'));
    image.writeBigUInt64LE(BigInt(answer.length), at('length'));
    return Promise.resolve({ outcome: { kind: 'returned' }, stoppedUs: 1 });
  };
  const session = {
    aim: () => Promise.resolve(),
    attach: () => Promise.resolve(),
    call,
  } as unknown as GdbSession;
  const memory = {
    read: (address: bigint, length: number) => image.subarray(Number(address), Number(address) + length),
    write: (address: bigint, bytes: Buffer) => void bytes.copy(image, Number(address)),
  };
  return ask(session, { pid: 1234, control, memory }, { kind: requestKind.dump });
}

test('an answer of which the kernel took back a part is not taken for the whole', async () => {
  expect(await answering('{"threads":[]}')).toMatchObject({ text: '{"threads":[]}', complete: true });
  await expect(answering('{"thre\0\0\0[]}')).rejects.toMatchObject({ code: 'answer-lost' });
});
