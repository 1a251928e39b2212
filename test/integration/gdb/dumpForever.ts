/** Inspects a process again and again, for a test that kills this very program in the middle: PID CONTROL GDB. */
import { ask } from '../../../src/agent/client.js';
import { requestKind } from '../../../src/agent/controlBlock.js';
import { GdbSession } from '../../../src/gdb/session.js';
import { openProcessMemory } from '../../../src/target/processMemory.js';

const [pidText = '', control = '', gdb = 'gdb'] = process.argv.slice(2);
const pid = Number(pidText);
const place = { pid, control: BigInt(control), memory: openProcessMemory(pid) };
const session = GdbSession.start({ gdb });
await session.ready;
process.stdout.write(`${session.gdbPid}\n`);
for (;;) await ask(session, place, { kind: requestKind.dump });
