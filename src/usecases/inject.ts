import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cameTooEarly } from '../agent/client.js';
import { agentLibraryFile } from '../agent/libraryFile.js';
import { errors } from '../errors.js';
import type { GdbSession } from '../gdb/session.js';
import { findAgent, type AgentLibrary } from '../target/agentLibrary.js';
import { listNumbers, tryReadLink } from '../target/procFile.js';
import { visibleToProcess } from '../target/visibleFile.js';
import { withFreeDescriptors } from './freeDescriptors.js';
import { assertHarmless } from './harmless.js';
import { loading, type SeccompOptions } from './seccomp.js';
import { ErrandFailed, runErrand, type ErrandOptions, type Order } from './runErrand.js';

/** The loader's of the library, and that of a file in memory. */
const descriptorsOfLoading = 2;
const RTLD_NOW = 2n;
const MFD_CLOEXEC = 1n;
const MFD_EXEC = 16n;
/** asm/unistd_64.h */
const NR_memfd_create = 319n;

/**
 * Loads the agent into a process that runs without it, and waits until it is there. One that has it already is left
 * alone, unless it had no Python yet when it was loaded.
 * @throws SleeperError; the reason of `options.signal`
 */
export async function ensureAgent(
  session: GdbSession,
  pid: number,
  options: ErrandOptions & SeccompOptions,
): Promise<AgentLibrary> {
  const there = findAgent(pid, { memory: options.memory });
  if (there !== null) return seeingPython(session, pid, there, options);
  if (!existsSync(agentLibraryFile)) throw errors.agentNotBuilt(agentLibraryFile);
  return withFreeDescriptors(pid, descriptorsOfLoading, options.log, () =>
    loadSomehow(session, pid, options),
  );
}

async function loadSomehow(
  session: GdbSession,
  pid: number,
  options: ErrandOptions & SeccompOptions,
): Promise<AgentLibrary> {
  const visible = visibleToProcess(pid, agentLibraryFile);
  if (visible) {
    try {
      return await load(session, pid, agentLibraryFile, options);
    } catch (error) {
      if (!(error instanceof ErrandFailed)) throw error;
      options.log(`dlopen() of the file failed: ${error.message}`);
      await assertHarmless(pid, ['load from memory'], options);
    }
  }
  return loadFromMemory(session, pid, options);
}

/**
 * The agent of a process, loaded first where it is missing.
 * @param options.beforeInjection called before it is loaded; throws to leave the process alone
 * @throws SleeperError; the reason of `options.signal`
 */
export async function agentOf(
  session: GdbSession,
  pid: number,
  options: ErrandOptions & SeccompOptions & { readonly beforeInjection: (pid: number) => Promise<void> },
): Promise<AgentLibrary> {
  const there = findAgent(pid, { memory: options.memory });
  await assertHarmless(pid, there === null ? [loading(pid), 'request'] : ['request'], options);
  if (there === null) await options.beforeInjection(pid);
  await session.ready;
  return ensureAgent(session, pid, options);
}

/** A program such as uWSGI loads libpython later than a library that was preloaded: that looks for it again. */
async function seeingPython(
  session: GdbSession,
  pid: number,
  agent: AgentLibrary,
  options: ErrandOptions,
): Promise<AgentLibrary> {
  const place = { ...options, pid, control: agent.control };
  if (agent.lookAgain === null || !cameTooEarly(place)) return agent;
  const order: Order = {
    ...{ function: agent.lookAgain, what: 'the look for Python', arguments: [], failure: -1n },
    done: () => !cameTooEarly(place),
  };
  try {
    await runErrand(session, pid, order, options);
  } catch (error) {
    // Whoever needs Python says that there is none.
    if (!(error instanceof ErrandFailed)) throw error;
  }
  return agent;
}

async function load(
  session: GdbSession,
  pid: number,
  path: string,
  options: ErrandOptions,
): Promise<AgentLibrary> {
  const order: Order = {
    function: 'dlopen',
    what: 'dlopen()',
    arguments: [path, RTLD_NOW],
    failure: 0n,
    explain: 'dlerror',
    done: () => findAgent(pid, { memory: options.memory }) !== null,
  };
  await runErrand(session, pid, order, options);
  const agent = findAgent(pid, { memory: options.memory });
  if (agent === null) throw errors.loadFailed(pid, 'it is not there');
  return agent;
}

/**
 * For a process that does not see the file (a container, another root directory) or may not read it: the library is
 * handed over in a file in memory that the process makes itself.
 */
async function loadFromMemory(
  session: GdbSession,
  pid: number,
  options: ErrandOptions,
): Promise<AgentLibrary> {
  if (!existsSync(`/proc/${pid}/root/proc/version`)) {
    throw errors.loadFailed(pid, 'it sees neither the file of the agent nor a /proc to reach it through.');
  }
  // No other sleeper may take it for its own.
  const name = `libsleeper.so-${randomBytes(4).toString('hex')}`;
  const opened = (): number | undefined => memoryFile(pid, name);
  const flags = existsSync('/proc/sys/vm/memfd_noexec') ? MFD_CLOEXEC | MFD_EXEC : MFD_CLOEXEC;
  const call = (name: string, args: Order['arguments'], done: () => boolean): Promise<void> =>
    runErrand(
      session,
      pid,
      { function: name, what: `${name}()`, arguments: args, failure: -1n, done },
      options,
    );
  try {
    await call('syscall', [NR_memfd_create, name, flags], () => opened() !== undefined);
    const fd = opened() ?? -1;
    try {
      writeFileSync(`/proc/${pid}/fd/${fd}`, readFileSync(agentLibraryFile));
      return await load(session, pid, `/proc/self/fd/${fd}`, options);
    } finally {
      await call('close', [BigInt(fd)], () => opened() === undefined);
    }
  } catch (error) {
    if (error instanceof ErrandFailed) throw errors.loadFailed(pid, error.message);
    throw error;
  }
}

/** The process's descriptor of its file in memory with this name. */
function memoryFile(pid: number, name: string): number | undefined {
  const directory = `/proc/${pid}/fd`;
  return listNumbers(directory).find((fd) => tryReadLink(`${directory}/${fd}`)?.startsWith(`/memfd:${name}`));
}
