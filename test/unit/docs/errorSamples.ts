import { doctorErrors } from '../../../src/doctorErrors.js';
import { errandErrors } from '../../../src/errandErrors.js';
import { memoryErrors } from '../../../src/memoryErrors.js';
import { errors, type SleeperError } from '../../../src/errors.js';
import { liveErrors } from '../../../src/liveErrors.js';
import { recordingErrors } from '../../../src/recordingErrors.js';
import { replErrors } from '../../../src/replErrors.js';
import { seccompErrors } from '../../../src/seccompErrors.js';
import { treeErrors } from '../../../src/treeErrors.js';

/** One error of each kind, with the names and numbers that docs/troubleshooting.md shows. */
export const errorSamples: Readonly<
  Record<
    | keyof typeof errors
    | keyof typeof doctorErrors
    | keyof typeof errandErrors
    | keyof typeof memoryErrors
    | keyof typeof liveErrors
    | keyof typeof replErrors
    | keyof typeof recordingErrors
    | keyof typeof treeErrors
    | keyof typeof seccompErrors,
    SleeperError
  >
> = {
  noSuchProcess: errors.noSuchProcess(1234),
  zombie: errors.zombie(1234, 'python3', 1200),
  mainThreadEnded: errors.mainThreadEnded(1234),
  kernelThread: errors.kernelThread(2, 'kthreadd'),
  notPython: errors.notPython(1234, 'nginx -g daemon', '/usr/sbin/nginx'),
  otherPython: errors.otherPython(1234, 'PyPy'),
  stopped: errors.stopped(1234),
  frozen: errors.frozen(1234),
  tooManyThreads: errors.tooManyThreads(1234, 10_000),
  alreadyTraced: errors.alreadyTraced(1234, 1300, 'strace -p 1234'),
  uninterruptible: errors.uninterruptible(1234, [1236], 'nfs_wait_bit_killable'),
  otherUser: errors.otherUser(1234, 'www-data', 'alice'),
  ptraceCapabilityDropped: errors.ptraceCapabilityDropped(1234),
  ptraceScopeChildren: errors.ptraceScopeChildren(1234),
  ptraceScopeAdmin: errors.ptraceScopeAdmin(1234),
  ptraceForbidden: errors.ptraceForbidden(1234),
  moreCapabilities: errors.moreCapabilities(1234),
  notDumpable: errors.notDumpable(1234),
  otherNamespace: errors.otherNamespace(1234),
  securityModule: errors.securityModule(1234, 'docker-default (enforce)'),
  seccompFilter: errors.seccompFilter(1234, 'ptrace: Operation not permitted.'),
  gdbMissing: errors.gdbMissing('gdb'),
  gdbTooOld: errors.gdbTooOld('/usr/bin/gdb', '9.2'),
  gdbDoesNotStart: errors.gdbDoesNotStart('/usr/bin/gdb', ''),
  gdbRefused: errors.gdbRefused('-target-attach 1234', 'Cannot access memory'),
  gdbCommand: replErrors.gdbCommand('infi threads', 'Undefined command: "infi". Try "help".'),
  gdbForbidden: replErrors.gdbForbidden('continue'),
  gdbNotAscii: replErrors.gdbNotAscii(),
  gdbEnded: errors.gdbEnded(1234, ''),
  gdbHangs: errors.gdbHangs(1234, 'attaching to', 10_000),
  attachDenied: errors.attachDenied(1234, 'ptrace: Operation not permitted.'),
  agentMissing: errors.agentMissing(1234),
  injectUnsupported: errors.injectUnsupported('arm64'),
  agentNotBuilt: errors.agentNotBuilt('/opt/sleeper/agent-c/build/libsleeper.so'),
  agentArchitecture: errors.agentArchitecture('process 1234 is', 'x86 of 32 bits', 'x86-64'),
  pythonUnsupported: doctorErrors.pythonUnsupported(1234, '3.5.2'),
  staticProgram: errors.staticProgram(1234, 'dlopen'),
  noCodeCave: errandErrors.noCodeCave(1234),
  noSafeMoment: errandErrors.noSafeMoment(1234, 10_000, 'one thread runs in libc.so.6'),
  errandLate: errandErrors.errandLate(1234, 'dlopen()', 10_000),
  noRoom: errandErrors.noRoom(1234),
  memoryLimit: memoryErrors.memoryLimit(1234, 0.9 * 1024 ** 2, 512 * 1024 ** 2, 5 * 1024 ** 2),
  recordingMemory: memoryErrors.recordingMemory(
    1234,
    1.4 * 1024 ** 2,
    'limit of address space (ulimit -v, ulimit -d)',
    1024 ** 2,
  ),
  answerLost: memoryErrors.answerLost(1234),
  noFreeDescriptor: errandErrors.noFreeDescriptor(1234, 1024),
  seccompKills: seccompErrors.seccompKills(1234, ['memfd_create()'], 'loading the agent'),
  seccompUnknown: seccompErrors.seccompUnknown(1234),
  errandUnderWay: errandErrors.errandUnderWay(1234),
  loadFailed: errors.loadFailed(1234, 'cannot open shared object file: Permission denied'),
  declined: errors.declined(1234),
  badConfiguration: errors.badConfiguration(
    '/home/me/.config/sleeper/config.json',
    'Unexpected end of JSON input',
  ),
  liveBusy: liveErrors.liveBusy(1234),
  liveNoThread: liveErrors.liveNoThread(1234),
  liveRefused: liveErrors.liveRefused(1234, 24),
  liveEnded: liveErrors.liveEnded(1234),
  agentNotReady: errors.agentNotReady(1234, 'this Python version is not supported'),
  agentVersion: errors.agentVersion(1234, '0.2.0'),
  agentRefused: errors.agentRefused(1234, 'this request is unknown to this version of the agent'),
  agentBroken: errors.agentBroken(1234, 'the call never reached it'),
  badPid: errors.badPid('worker'),
  noPid: errors.noPid(),
  pidAndCommand: recordingErrors.pidAndCommand(),
  noDifferenceAs: recordingErrors.noDifferenceAs('pprof'),
  nativeUnsupported: recordingErrors.nativeUnsupported('arm64'),
  binaryToTerminal: recordingErrors.binaryToTerminal('pprof'),
  reportOverRecording: recordingErrors.reportOverRecording('app.sleeper'),
  unwritable: recordingErrors.unwritable('sleeper-1234.sleeper', 'permission denied', null),
  unreadable: recordingErrors.unreadable('app.sleeper', 'there is no such file'),
  notARecording: recordingErrors.notARecording('app.svg'),
  corrupt: recordingErrors.corrupt('app.sleeper', 120, 'it is none of the lines that a recording has'),
  nothingToChoose: errors.nothingToChoose(),
  noSuchThread: errors.noSuchThread(1234, 'worker-9', ['1234 "MainThread"']),
  unknownVerb: replErrors.unknownVerb('loclas', 'loclas', 'locals'),
  verbUsage: replErrors.verbUsage('"x" is not the number of a frame.', 'frame [N]'),
  noSuchFrame: replErrors.noSuchFrame(7, 4),
  endOfStack: replErrors.endOfStack('oldest'),
  noSource: replErrors.noSource('/srv/app/worker.py', 'it cannot be read'),
  pausedProcess: replErrors.pausedProcess(1234),
  severalInterpreters: replErrors.severalInterpreters(1234),
  frameGone: replErrors.frameGone('its function has returned.'),
  noGil: replErrors.noGil('thread 1240 "crunch", in crunch (/srv/app/crunch.py:20)'),
  evaluationInterrupted: replErrors.evaluationInterrupted('deadline', 10_000),
  evaluationStuck: replErrors.evaluationStuck(1250),
  liveOver: replErrors.liveOver('the process has ended.'),
  raised: replErrors.raised('NameError', "name 'ordr' is not defined"),
  commandInterrupted: replErrors.commandInterrupted(false),
  statementRefused: replErrors.statementRefused(),
  outputFailed: errors.outputFailed('/var/dump.json', 'permission denied', null),
  tooManyProcesses: treeErrors.tooManyProcesses(1234, 256),
  noMatch: treeErrors.noMatch('celery.*mail'),
  noSuchUnit: treeErrors.noSuchUnit('gunicorn.service'),
  noSuchContainer: treeErrors.noSuchContainer('4f2a'),
  severalContainers: treeErrors.severalContainers('4f', ['4f2a'.repeat(16), '4f11'.repeat(16)]),
  noContainerId: treeErrors.noContainerId('web-1'),
  oneHeartbeat: treeErrors.oneHeartbeat(2),
  unexpected: errors.unexpected(new Error('...')),
};
