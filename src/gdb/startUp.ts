import { errors } from '../errors.js';
import { GdbEnded, type MiConnection } from './connection.js';
import { DeadlinePassed, within } from './deadline.js';
import type { GdbDeadlines } from './gdbOptions.js';
import { oldestGdb, parseGdbVersion } from './gdbVersion.js';
import { inConsole, isStopOrEnd } from './miRecord.js';
import { registersCommand } from './threadRegisters.js';

/**
 * Waits until gdb has started, makes sure that it is one that will do, and lets it practise.
 * @param name what is told of the gdb that does not start
 * @param practiceTarget a process of our own; null: it shall not practise
 * @returns its major version
 * @throws SleeperError gdb-does-not-start, gdb-too-old
 */
export async function startUp(
  connection: MiConnection,
  deadlines: GdbDeadlines,
  name: string,
  practiceTarget: number | null,
): Promise<number> {
  const doesNotStart = (): Error => errors.gdbDoesNotStart(name, connection.lastOutput.trim());
  try {
    await within(deadlines.start, 'the start of gdb', connection.firstPrompt);
    const [version, settings] = await within(
      deadlines.start,
      'the start of gdb',
      Promise.all(
        connection.sendAll(['-gdb-version', '-data-evaluate-expression $sleeper_quiet+$sleeper_saved']),
      ),
    );
    const parsed = parseGdbVersion(version?.console ?? '');
    if (parsed === null) throw doesNotStart();
    if (parsed.major < oldestGdb) throw errors.gdbTooOld(name, parsed.text);
    if (settings?.results['value'] !== '1') throw doesNotStart();
    if (practiceTarget !== null) await practise(connection, deadlines, practiceTarget);
    return parsed.major;
  } catch (error) {
    if (error instanceof GdbEnded || error instanceof DeadlinePassed) throw doesNotStart();
    throw error;
  }
}

/**
 * Attaches to a process of our own, and changes its registers to what they are. The first time takes gdb 5 to 15 ms
 * longer, in which a target would stand still. That it fails is no error.
 */
async function practise(connection: MiConnection, deadlines: GdbDeadlines, pid: number): Promise<void> {
  const stopped = connection.expect(isStopOrEnd);
  const attached = await within(
    deadlines.start,
    'the start of gdb',
    connection.send(`-target-attach ${pid}`),
  );
  if (attached.class === 'error') return;
  await within(deadlines.start, 'the start of gdb', stopped);
  const commands = [inConsole('sleeper-practise'), inConsole(registersCommand(null)), '-target-detach'];
  await within(deadlines.start, 'the start of gdb', Promise.all(connection.sendAll(commands)));
}
