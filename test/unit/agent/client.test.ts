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

/**
 * A process whose agent answers with that text.
 * @param whileRead what somebody else does to the answer and the control block when the answer is read for the first time
 */
function answering(
  answer: string,
  whileRead: (text: Buffer, status: Buffer) => void = () => undefined,
): Promise<{ text: string }> {
  const image = Buffer.alloc(0x3000);
  const at = (name: keyof typeof controlLayout): number => Number(control) + controlLayout[name].at;
  image.write('sleeper\0', Number(control));
  image.writeUInt32LE(controlAbi, at('abi'));
  image.writeUInt32LE(controlSize, at('size'));
  image.writeUInt32LE(agentState.ready, at('state'));
  let answered = 0;
  const call = (_: unknown, { prepare }: CallOptions) => {
    prepare?.();
    image.write(answer, Number(output));
    image.writeUInt32LE(++answered, at('served'));
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
    read: (address: bigint, length: number) => {
      if (address === output && answered === 1)
        whileRead(image.subarray(Number(output)), image.subarray(at('status')));
      return image.subarray(Number(address), Number(address) + length);
    },
    write: (address: bigint, bytes: Buffer) => void bytes.copy(image, Number(address)),
  };
  return ask(session, { pid: 1234, control, memory }, { kind: requestKind.dump });
}

test('an answer of which the kernel took back a part is not taken for the whole', async () => {
  expect(await answering('{"threads":[]}')).toMatchObject({ text: '{"threads":[]}', complete: true });
  await expect(answering('{"thre\0\0\0[]}')).rejects.toMatchObject({ code: 'answer-lost' });
});

test('an answer into which the next one was being written while it was read is asked for again', async () => {
  const begun = (text: Buffer, status: Buffer): void => {
    status.writeUInt32LE(agentStatus.idle);
    text.fill(0, 0, 4);
  };

  expect(await answering('{"threads":[]}', begun)).toMatchObject({ text: '{"threads":[]}', complete: true });
});
