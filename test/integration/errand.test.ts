import { afterEach, expect, test } from '@jest/globals';
import { roomBytes } from '../../src/agent/errand.js';
import { parseMaps } from '../../src/target/maps.js';
import { openProcessMemory, type ProcessMemory } from '../../src/target/processMemory.js';
import { readProc } from '../../src/target/procFile.js';
import { withGdb } from '../../src/usecases/gdb.js';
import { runErrand } from '../../src/usecases/runErrand.js';
import { anyPython } from '../support/pythons.js';
import { startTarget, type Target } from '../support/target.js';

let target: Target | undefined;
afterEach(() => target?.kill());

/** A memory in which the room of an errand is not seen before it was looked for once, as if its thread were slow to begin. */
function slowToBegin(memory: ProcessMemory, rooms: Set<bigint>): ProcessMemory {
  return {
    ...memory,
    read(address, length) {
      const bytes = memory.read(address, length);
      const isRoom = parseMaps(readProc(`/proc/${target?.pid ?? 0}/maps`)).some(
        ({ start, end, path }) => start === address && end - start === BigInt(roomBytes) && path === '',
      );
      if (!isRoom || rooms.has(address)) return bytes;
      rooms.add(address);
      throw new Error('not yet');
    },
  };
}

test('an errand is not over when what it brings about can be seen, but when its thread is back', async () => {
  target = await startTarget(anyPython().executable, 'hung.py', ['sleep'], { bare: true });
  const { pid } = target;
  const memory = openProcessMemory(pid);
  const rooms = new Set<bigint>();
  const signal = new AbortController().signal;
  let asked = 0;
  try {
    await withGdb({}, signal, (session) =>
      runErrand(
        session,
        pid,
        // Before it is sent nothing is to be seen of it; as soon as it is under way something is.
        {
          ...{ function: 'usleep', what: 'usleep()', arguments: [2_000_000n], failure: -1n },
          done: () => asked++ > 0 && rooms.size > 0,
        },
        { memory: slowToBegin(memory, rooms), signal, log: () => undefined },
      ),
    );
    const [room = 0n] = rooms;
    expect(rooms.size).toBe(1);
    expect(() => memory.read(room, 8)).toThrow();
  } finally {
    memory.close();
  }
});
