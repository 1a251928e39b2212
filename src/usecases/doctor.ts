import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { release, type as systemType } from 'node:os';
import { promisify } from 'node:util';
import { agentLibraryFile, errandFile } from '../agent/libraryFile.js';
import { machineChecks, type MachineFacts } from '../doctor/machineChecks.js';
import type { SeccompFacts } from '../doctor/seccompChecks.js';
import { examineProcess, type ProcessOptions } from '../doctor/processChecks.js';
import { errors, SleeperError } from '../errors.js';
import { findGdb } from '../gdb/findGdb.js';
import { defaultMostThreads } from '../gdb/gdbOptions.js';
import { oldestGdb, parseGdbVersion } from '../gdb/gdbVersion.js';
import { gdbEnvironment } from '../gdb/ptyTransport.js';
import type { DoctorReport } from '../model/doctor.js';
import { hasAgent } from '../target/agentLibrary.js';
import { assertInspectable } from '../target/diagnosis.js';
import { elfMachine, machineName } from '../target/elfMachine.js';
import { userName } from '../target/passwd.js';
import { readSurroundings } from '../target/surroundings.js';
import { withGdb, type GdbChoice } from './gdb.js';
import { loading, readSeccomp, verdictOn } from './seccomp.js';

export interface DoctorOptions extends GdbChoice {
  readonly signal: AbortSignal;
  readonly sleeperVersion: string;
  readonly policy: ProcessOptions['policy'];
}

const gdbPatienceMs = 15_000;

/**
 * Checks the machine, and a process if one is named: that one is not touched, but for one with a seccomp filter,
 * whose threads are stopped for some microseconds to read it. gdb is tried on a process of our own.
 * @throws the signal's reason
 */
export async function doctor(pid: number | null, options: DoctorOptions): Promise<DoctorReport> {
  const gdb = await askGdb(options);
  const surroundings = readSurroundings();
  const facts: MachineFacts = {
    system: `${systemType()} ${release()}`,
    architecture: machineName(process.arch),
    node: process.versions.node,
    agent: {
      path: agentLibraryFile,
      exists: existsSync(agentLibraryFile),
      architecture: elfMachine(agentLibraryFile),
    },
    canInject: existsSync(errandFile),
    gdb,
    practice: gdb instanceof SleeperError ? null : await practise(options),
    user: userName(surroundings.self.uids[1] ?? 0),
    surroundings,
  };
  const machine = machineChecks(facts);
  const machineWorks = machine.every(({ status }) => status !== 'problem');
  const found =
    pid === null
      ? null
      : examineProcess(pid, {
          ...{ canInject: facts.canInject, agentArchitecture: facts.agent.architecture, machineWorks },
          policy: options.policy,
          seccomp: await seccompOf(pid),
          mostThreads: options.mostThreads ?? defaultMostThreads,
        });
  return {
    schemaVersion: 1,
    sleeperVersion: options.sleeperVersion,
    works: machineWorks && (found?.checks ?? []).every(({ status }) => status !== 'problem'),
    machine,
    process: found,
  };
}

/** Null: it must not be touched, or not by us. */
async function seccompOf(pid: number): Promise<SeccompFacts | null> {
  try {
    assertInspectable(pid);
    const known = await readSeccomp(pid);
    const look = verdictOn(known, hasAgent(pid) ? ['request'] : [loading(pid), 'request']);
    return { look, session: verdictOn(known, ['live session']) };
  } catch (error) {
    if (error instanceof SleeperError) return null;
    throw error;
  }
}

async function askGdb({ gdb = 'gdb', signal }: DoctorOptions): Promise<MachineFacts['gdb']> {
  let path = gdb;
  try {
    path = findGdb(gdb, process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin');
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      env: gdbEnvironment(process.env),
      timeout: gdbPatienceMs,
      signal,
    });
    const version = parseGdbVersion(stdout.split('\n')[0] ?? '');
    if (version === null) return errors.gdbDoesNotStart(path, stdout.trim().slice(0, 300));
    if (version.major < oldestGdb) return errors.gdbTooOld(path, version.text);
    return { path, version: version.text, major: version.major };
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof SleeperError
      ? error
      : errors.gdbDoesNotStart(path, (error as Error).message.trim());
  }
}

/** What a look does at first and at last, to a shell that waits for nothing. Returns for how long it stood, in ms. */
async function practise(options: DoctorOptions): Promise<number | SleeperError> {
  const child = spawn('/bin/sh', ['-c', 'read -r line'], { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    return await withGdb(options, options.signal, async (session) => {
      await session.attach(child.pid ?? -1);
      return (await session.detach()) / 1000;
    });
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof SleeperError) return error;
    throw error;
  } finally {
    child.stdin.end();
    // Process 1 would adopt it, which in a container may be the one that is looked at.
    await gone;
  }
}
