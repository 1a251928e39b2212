import { existsSync } from 'node:fs';
import { agentState, readControlBlock, NotControlBlock } from '../agent/controlBlock.js';
import { errandBytes } from '../agent/errand.js';
import { agentLibraryFile } from '../agent/libraryFile.js';
import { doctorErrors } from '../doctorErrors.js';
import { errandErrors } from '../errandErrors.js';
import { errors, exitCodes, SleeperError } from '../errors.js';
import { assertFewThreads } from '../gdb/attachError.js';
import type { DoctorCheck, DoctorReport } from '../model/doctor.js';
import { findAgent } from '../target/agentLibrary.js';
import { chooseThread } from '../target/chooseThread.js';
import { findCodeCave } from '../target/codeCave.js';
import { shortCommand } from '../target/commandLine.js';
import { assertInspectable } from '../target/diagnosis.js';
import { elfMachine } from '../target/elfMachine.js';
import { readKernelThreads } from '../target/kernelThreads.js';
import { findLibcFunction, libcName } from '../target/libc.js';
import { parseMaps } from '../target/maps.js';
import { permissionError } from '../target/permission.js';
import { defaultProcRoot, tryReadLink, tryReadProc } from '../target/procFile.js';
import { openProcessMemory, type ProcessMemory } from '../target/processMemory.js';
import { pythonProcess } from '../target/pythonProcess.js';
import { findSafeMoment } from '../target/safeMoment.js';
import { isFreeThreaded, isSupportedPython } from '../target/supportedPythons.js';
import { visibleToProcess } from '../target/visibleFile.js';
import { assertMemoryAllows } from '../usecases/harmless.js';
import { note, ok, problem, warning } from './checks.js';
import { seccompChecks, type SeccompFacts } from './seccompChecks.js';

type ProcessReport = NonNullable<DoctorReport['process']>;
type Loading = ProcessReport['loading'];

/** What of the machine and of the user's wishes matters for a process. */
export interface ProcessOptions {
  /** As `MachineFacts`. */
  readonly canInject: boolean;
  readonly agentArchitecture: string | null;
  /** Whether the agent may be loaded: `inject` of the configuration. */
  readonly policy: 'ask' | 'always' | 'never';
  /** A process with more is left alone. */
  readonly mostThreads: number;
  /** Nothing on this machine is in the way. */
  readonly machineWorks: boolean;
  /** Null: they were not looked at. */
  readonly seccomp: SeccompFacts | null;
  readonly procRoot?: string;
  /** As `AssertOptions.probe`. */
  readonly probe?: (pid: number, procRoot: string) => void;
}

const RTLD_NOW = 2n;

/** Looks at a process, in /proc and its memory only: it is neither stopped nor changed here. */
export function examineProcess(pid: number, options: ProcessOptions): ProcessReport {
  const procRoot = options.procRoot ?? defaultProcRoot;
  const directory = `${procRoot}/${pid}`;
  const probe = options.probe === undefined ? {} : { probe: options.probe };
  const state = attempt(() => assertInspectable(pid, { procRoot, ...probe }));
  // Which Python it is has a line of its own.
  const touchable = state instanceof SleeperError && state.code === 'python-unsupported' ? null : state;
  const denied =
    touchable instanceof SleeperError ? attempt(() => permissionError(pid, procRoot, options.probe)) : null;
  const python = pythonProcess(pid, { procRoot, thorough: true });
  const maps = tryReadProc(`${directory}/maps`);
  const report: ProcessReport = {
    pid,
    command: shortCommand(procRoot, pid),
    python: python?.version ?? null,
    libc: maps === null ? null : libcName(maps),
    loading: null,
    borrowedThread: null,
    checks: [],
    commands: [],
  };
  const { checks } = report;
  if (touchable instanceof SleeperError) checks.push(problem('process', touchable));
  else checks.push(ok('process', 'it is neither stopped nor traced, and you may trace it'));
  const crowd = attempt(() => assertFewThreads(pid, options.mostThreads, procRoot));
  if (crowd instanceof SleeperError) checks.push(problem('threads', crowd));
  if (denied instanceof SleeperError && !checks.some(({ code }) => code === denied.code))
    checks.push(problem('permission', denied));
  if (python?.implementation === 'CPython') {
    const executable = tryReadLink(`${directory}/exe`) ?? '';
    checks.push(pythonCheck(report, isFreeThreaded(executable, maps ?? '')));
  }
  const memory = attempt(() => assertMemoryAllows(pid, ['load', 'request'], procRoot));
  if (memory instanceof SleeperError) checks.push(problem('memory', memory));
  if (options.seccomp !== null) checks.push(...seccompChecks(pid, options.seccomp));
  if (!(touchable instanceof SleeperError)) examineInside(report, options, procRoot);
  report.commands = commands(report, options);
  return report;
}

/** What a function gives, or the failure that it throws for people to act on. */
function attempt<T>(work: () => T): T | SleeperError {
  try {
    return work();
  } catch (error) {
    if (error instanceof SleeperError) return error;
    throw error;
  }
}

function pythonCheck({ pid, python: version, libc }: ProcessReport, freeThreaded: boolean): DoctorCheck {
  if (version === null)
    return warning(
      'Python',
      'CPython; which version is not to be seen from outside.',
      'The agent will tell.',
    );
  if (freeThreaded)
    return problem('Python', doctorErrors.pythonUnsupported(pid, `${version}, free-threaded`));
  if (!isSupportedPython(version)) return problem('Python', doctorErrors.pythonUnsupported(pid, version));
  return ok('Python', `CPython ${version}${libc === null ? '' : `, with ${libc}`}`);
}

/** What only who may trace the process can see. */
function examineInside(report: ProcessReport, options: ProcessOptions, procRoot: string): void {
  const { pid, checks } = report;
  let memory: ProcessMemory;
  try {
    memory = openProcessMemory(pid, { procRoot, readOnly: true });
  } catch {
    checks.push(problem('process', errors.noSuchProcess(pid)));
    return;
  }
  try {
    const agent = findAgent(pid, { procRoot, memory });
    if (agent === null) examineWayIn(report, options, memory, procRoot);
    else {
      report.loading = 'not needed';
      checks.push(agentCheck(pid, memory, agent));
    }
    const choice = chooseThread(pid, readKernelThreads(pid, { procRoot }), { procRoot });
    report.borrowedThread = choice.tid;
    checks.push(
      choice.parked
        ? ok('thread', `${choice.tid} would be borrowed now: it waits in a system call`)
        : note(
            'thread',
            `${choice.tid} would be borrowed now, wherever it is: no thread waits in a system call.`,
          ),
    );
  } finally {
    memory.close();
  }
}

function agentCheck(
  pid: number,
  memory: ProcessMemory,
  { control, path }: { control: bigint; path: string },
): DoctorCheck {
  try {
    const { state, version, reason } = readControlBlock(memory, control);
    if (state === agentState.ready) return ok('agent', `${version} is loaded and ready, from ${path}`);
    if (state !== agentState.notPython) return problem('agent', errors.agentNotReady(pid, reason));
    return note('agent', 'It is loaded, but found no CPython then; the next command has it look again.');
  } catch (error) {
    if (error instanceof NotControlBlock) return problem('agent', errors.agentVersion(pid, error.version));
    throw error;
  }
}

/** How the agent would get into a process that runs without it. */
function examineWayIn(
  report: ProcessReport,
  options: ProcessOptions,
  memory: ProcessMemory,
  procRoot: string,
): void {
  const { pid, checks } = report;
  const way = wayIn(pid, options, memory, procRoot);
  if (way instanceof SleeperError) {
    checks.push(problem('agent', way));
    return;
  }
  report.loading = way;
  const how =
    way === 'file' ? `by dlopen() of ${agentLibraryFile}` : 'from memory, for it does not see the file';
  const asked = options.policy === 'ask' ? '; on a terminal you are asked first' : '';
  if (options.policy === 'never') {
    checks.push(
      warning(
        'agent',
        'It is not loaded, and your configuration says that it never shall be.',
        'Load it with `sleeper inject PID`, or change "inject" in the configuration.',
      ),
    );
  } else checks.push(ok('agent', `not loaded; the first command loads it ${how}${asked}`));
  const moment = findSafeMoment(pid, parseMaps(tryReadProc(`${procRoot}/${pid}/maps`) ?? ''), null, procRoot);
  checks.push(
    moment.kind === 'safe'
      ? ok('safe moment', `thread ${moment.tid} could load it now`)
      : note(
          'safe moment',
          `No thread could load it just now: ${moment.why === '' ? 'all are running' : moment.why}. The next moment is usually better.`,
        ),
  );
}

function wayIn(
  pid: number,
  { canInject, agentArchitecture }: ProcessOptions,
  memory: ProcessMemory,
  procRoot: string,
): Exclude<Loading, null> | SleeperError {
  const architecture = elfMachine(`${procRoot}/${pid}/exe`);
  if (architecture !== null && agentArchitecture !== null && architecture !== agentArchitecture)
    return errors.agentArchitecture(`process ${pid} is`, architecture, agentArchitecture);
  if (!canInject) return errors.injectUnsupported(process.arch);
  const mappings = parseMaps(tryReadProc(`${procRoot}/${pid}/maps`) ?? '');
  if (findLibcFunction(mappings, memory, 'dlopen') === null) return errors.staticProgram(pid, 'dlopen');
  const size = errandBytes([agentLibraryFile, RTLD_NOW]);
  if (findCodeCave(mappings, memory, size) === null) return errandErrors.noCodeCave(pid);
  if (visibleToProcess(pid, agentLibraryFile, procRoot)) return 'file';
  if (existsSync(`${procRoot}/${pid}/root/proc/version`)) return 'memory';
  return errors.loadFailed(pid, 'it sees neither the file of the agent nor a /proc to reach it through.');
}

/** Without these a process has nothing to be looked at. */
const nothing = ['no-such-process', 'zombie', 'kernel-thread'];

/** Those that would work, by the names that they are called by. */
function commands({ checks, loading }: ProcessReport, options: ProcessOptions): string[] {
  const problems = checks.filter(({ status }) => status === 'problem');
  if (problems.some(({ code }) => nothing.includes(code ?? ''))) return ['ps'];
  const reading = problems.some(({ exitCode }) => exitCode === exitCodes.permission) ? ['ps'] : ['ps', 'fds'];
  if (!options.machineWorks || problems.length > 0) return reading;
  if (loading !== 'not needed' && options.policy === 'never') return [...reading, 'inject'];
  const looks = ['dump', 'why', 'record', 'repl'];
  const session = options.seccomp?.session;
  const killed = session?.kind === 'read' && session.killed.length > 0;
  return [...reading, ...looks, ...(options.canInject && !killed ? ['dump --live'] : [])];
}
