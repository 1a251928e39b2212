import { z } from 'zod';
import { agentReport, warning } from './agentReport.js';
import { processInfo } from './snapshot.js';
import { address } from './value.js';

/** A line of the program. */
const place = z.strictObject({
  function: z.string(),
  file: z.string(),
  line: z.int().nullable(),
});

/** Who can end a wait. */
const heldBy = z.strictObject({
  tid: z
    .int()
    .nullable()
    .describe('null: no thread of this process, or one without a known id; of a parent, where it is known'),
  name: z.string().nullable(),
  pid: z.int().optional().describe('of another process, which was asked as well'),
  how: z
    .enum(['owner', 'with', 'variable', 'thread', 'task', 'gone'])
    .describe(
      'owner: the lock itself names its owner; with: it is inside of a with statement on the lock; variable: of the ' +
        'threads that do not wait for it, it alone has the lock in a variable; thread: it is to be joined; ' +
        'task: it runs what is waited for; gone: the owner is no thread of this process',
    ),
  inferred: z.boolean().describe('nothing in memory says so outright'),
});

/** What a thread waits for. */
const wait = z.strictObject({
  for: z.enum([
    'lock',
    'gil',
    'condition',
    'event',
    'semaphore',
    'barrier',
    'queue',
    'thread',
    'future',
    'import',
    'work',
    'process',
    'descriptor',
    'file lock',
    'time',
    'signal',
    'unknown',
  ]),
  what: z.string().describe('in words, to follow "waits for"'),
  address: address
    .nullable()
    .describe('of the object that is waited for, where it is one of Python, or a mutex of C code'),
  timeout: z.boolean().describe('the wait ends by itself'),
  heldBy: heldBy.nullable(),
  shared: z
    .string()
    .optional()
    .describe('of a lock between processes that the thread is blocked on: the same in each of them'),
  task: z
    .string()
    .optional()
    .describe('the id of the task of Celery that it waits for without a timeout, as a task itself'),
});

/** One thread: what it does, and what it waits for. */
const whyThread = z.strictObject({
  tid: z.int().nullable(),
  name: z.string().nullable(),
  python: z.boolean().describe('false: a native thread'),
  doing: z.string().describe('in words'),
  place: place
    .nullable()
    .describe('where in the program, outside of the standard library if there is such a frame'),
  forMs: z.number().nullable().describe('for how long it has been blocked, where the kernel tells'),
  waits: wait.nullable().describe('null: it runs'),
  holdsShared: z
    .array(z.string())
    .optional()
    .describe('the locks between processes that it holds, named as in `shared`; only where there are any'),
});

/** One greenlet that is switched out. */
const whyGreenlet = z.strictObject({
  address,
  tid: z.int().nullable().describe('of its thread'),
  name: z.string().nullable(),
  doing: z.string().describe('in words'),
  place: place.nullable().describe('where in the program, outside of gevent if there is such a frame'),
  waits: z
    .strictObject({
      for: wait.shape.for,
      what: wait.shape.what,
      address: wait.shape.address,
      timeout: wait.shape.timeout,
      heldBy: z
        .strictObject({
          address,
          name: z.string().nullable(),
          how: z.enum(['owner', 'with', 'variable', 'greenlet']).describe('greenlet: it is to end'),
          inferred: heldBy.shape.inferred,
        })
        .nullable()
        .describe('the greenlet that can end it'),
    })
    .nullable()
    .describe('null: not known'),
});

/** One task of asyncio that is not done. */
const whyTask = z.strictObject({
  address,
  tid: z.int().nullable().describe('of the thread that runs its loop; null: none does, or none is known to'),
  name: z.string().nullable().describe('null before CPython 3.8'),
  coroutine: z.string().nullable().describe('the qualified name of what it runs'),
  doing: z.string().describe('in words'),
  place: place.nullable().describe('where in the program, outside of asyncio if there is such a frame'),
  waits: z
    .strictObject({
      what: wait.shape.what,
      address: address.describe('of the future or task that it awaits'),
      timeout: wait.shape.timeout,
      tasks: z.array(address).describe('the tasks that it waits for; none: something else'),
      any: z.boolean().describe('one of several `tasks` is enough'),
      lock: address
        .optional()
        .describe(
          'of a Lock of asyncio: which task has it, in `tasks`, is inferred; none: that is not known',
        ),
    })
    .nullable()
    .describe('null: it runs, or will as soon as the loop comes to it'),
});

/** Something to be said about the process as a whole. */
const finding = z.strictObject({
  kind: z.enum([
    'deadlock',
    'starved pool',
    'task cycle',
    'lost owner',
    'nobody left',
    'gil held',
    'pipe',
    'stopped child',
    'stopped peer',
    'stopped',
    'traced',
    'frozen',
    'uninterruptible',
    'ended',
    'hub blocked',
    'queued',
    'busy',
  ]),
  hung: z.boolean().describe('it will not end by itself'),
  inferred: z.boolean().describe('it rests on something that nothing in memory says outright'),
  tids: z.array(z.int()),
  greenlets: z.array(address).optional().describe('it is about these'),
  tasks: z.array(address).optional().describe('it is about these, each of which waits for the next'),
  text: z.string(),
});

/** Another process on this machine that threads wait for: who has the other end of a connection, a child, who has a lock on a file. */
const awaitedProcess = z.strictObject({
  pid: z.int(),
  command: z.string(),
  tids: z.array(z.int()).describe('of the threads here that wait for it'),
  python: z.boolean().describe('it is CPython'),
  inside: z
    .boolean()
    .describe('it had the agent, and was looked into as well; otherwise this is what /proc tells of it'),
  doing: z.string().nullable().describe('in words: why it hangs, or what its thread does that is concerned'),
  stack: z.array(place).describe('of that thread, innermost first, five frames at the most'),
});

/** Why a process does not go on, if it does not: what `sleeper why --json` prints. */
export const whyReport = z.strictObject({
  schemaVersion: z.literal(1),
  sleeperVersion: z.string(),
  takenAt: z.iso.datetime(),
  stoppedUs: z.int().nullable().describe('null: the process was not stopped for it, as it must not be'),
  process: processInfo,
  verdict: z.enum(['hung', 'not hung']),
  text: z.string().describe('the verdict in words'),
  findings: z.array(finding).describe('the gravest first'),
  threads: z.array(whyThread),
  greenlets: z.array(whyGreenlet).optional().describe('where greenlet is imported'),
  tasks: z.array(whyTask).optional().describe('of asyncio, where there are any'),
  tasksTruncated: agentReport.shape.tasksTruncated,
  celery: z
    .strictObject({
      processes: z
        .int()
        .nullable()
        .describe('of its pool; null: there may be more of them, or a task has a time limit'),
      waiting: z
        .array(z.string())
        .describe('the ids of the tasks that it has received and none of these has begun'),
    })
    .optional()
    .describe('of the main process of a worker of Celery with a pool of processes'),
  awaited: z
    .array(awaitedProcess)
    .optional()
    .describe('looked at a moment later; only of one process by its id, and where there are any'),
  warnings: z.array(warning),
});

export type AwaitedProcess = z.infer<typeof awaitedProcess>;
export type HeldBy = z.infer<typeof heldBy>;
export type Wait = z.infer<typeof wait>;
export type WhyGreenlet = z.infer<typeof whyGreenlet>;
export type WhyTask = z.infer<typeof whyTask>;
export type WhyThread = z.infer<typeof whyThread>;
export type Finding = z.infer<typeof finding>;
export type WhyReport = z.infer<typeof whyReport>;
