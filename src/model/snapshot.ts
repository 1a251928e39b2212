import { z } from 'zod';
import { agentReport, pythonThread, warning } from './agentReport.js';
import { fileDescriptor } from './fileDescriptor.js';
import { greenletOfThread } from './greenlet.js';
import { nativeFrame } from './nativeFrame.js';

/** The system call that a thread was in, just before the process was stopped. */
export const systemCall = z.strictObject({
  number: z.int(),
  name: z.string(),
  arguments: z.array(z.string()).describe('the main ones, decoded: "fd=7", "timeout=1.5s"'),
  fds: z.array(z.int()).describe('the file descriptors it waits for'),
  futex: z.string().nullable().describe('the address that futex() waits on'),
  parkedFor: z
    .string()
    .optional()
    .describe(
      'the address that lies before the futex: what CPython 3.13 and later have parked the thread for',
    ),
  mutexOwner: z
    .int()
    .optional()
    .describe('of a mutex of the C library that it waits for: the id of the thread that has it'),
});

/** What the kernel says of a thread, read just before the process was stopped; a system call that it was in then too. */
export const kernelThread = z.strictObject({
  tid: z.int(),
  name: z.string().describe("the kernel's name, at most 15 characters"),
  state: z.string().describe('R, S, D, T, t, Z ... as /proc says'),
  cpuUserMs: z.number(),
  cpuSystemMs: z.number(),
  systemCall: systemCall.nullable(),
  waitChannel: z.string().nullable(),
  lastRanMsAgo: z.number().nullable().describe('for how long it has been blocked, where the kernel tells'),
});

/** A thread of the process: what the interpreter says of it, what the kernel says, or both. */
export const thread = z.strictObject({
  tid: z.int().nullable(),
  kernel: kernelThread.nullable(),
  python: pythonThread.omit({ tid: true }).nullable().describe('null: a native thread, unknown to Python'),
  gil: z.enum(['holds', 'waits', 'released', 'none', 'unknown']).describe('none: not a Python thread'),
  nativeFrames: z
    .array(nativeFrame)
    .optional()
    .describe(
      'with --native: innermost first, down to the outermost evaluation loop of CPython; of a thread without frames of Python, all',
    ),
});

export const processInfo = z.strictObject({
  pid: z.int(),
  containerPid: z
    .int()
    .optional()
    .describe('its id in the pid namespace that it runs in, where that is another, as in a container'),
  parentPid: z.int(),
  user: z.string(),
  command: z.string().describe("the kernel's name of the process"),
  executable: z.string(),
  argv: z.array(z.string()),
  workingDirectory: z.string().nullable(),
  startedAt: z.iso.datetime(),
  residentBytes: z.int(),
});

/** One process at one instant: what `sleeper dump --json` prints. */
export const snapshot = z.strictObject({
  schemaVersion: z.literal(1),
  sleeperVersion: z.string(),
  agentVersion: z.string(),
  takenAt: z.iso.datetime().describe('when the process was stopped'),
  stoppedUs: z.int().describe('how long it was stopped at the most, in microseconds'),
  process: processInfo,
  python: agentReport.shape.python,
  interpreters: agentReport.shape.interpreters,
  threads: z.array(thread),
  greenlets: z.array(greenletOfThread).optional().describe('where greenlet is imported; the oldest first'),
  tasks: agentReport.shape.tasks,
  tasksTruncated: agentReport.shape.tasksTruncated,
  modules: agentReport.shape.modules,
  fds: z.array(fileDescriptor).nullable().describe('null: not asked for'),
  limits: agentReport.shape.limits,
  warnings: z.array(warning),
});

export type SystemCall = z.infer<typeof systemCall>;
export type KernelThread = z.infer<typeof kernelThread>;
export type Thread = z.infer<typeof thread>;
export type ProcessInfo = z.infer<typeof processInfo>;
export type Snapshot = z.infer<typeof snapshot>;
