/**
 * Attaches to a process, says which gdb it has, and sends the process the signal that stops it as soon as a line comes.
 * Started by killed.test.ts, which kills it. Arguments: pid gdb.
 */
import { createInterface } from 'node:readline';
import { GdbSession } from '../../../src/gdb/session.js';

const [pid, gdb] = [Number(process.argv[2]), process.argv[3]!];
const session = GdbSession.start({ gdb });
await session.attach(pid);
await session.continue();
process.stdout.write(`${String(session.gdbPid)}\n`);
await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next();
void session.interrupt();
// An operation begins in a later turn.
setImmediate(() => process.stdout.write('sent\n'));
await new Promise(() => undefined);
