import { z } from 'zod';
import { asyncioTaskOrError } from './asyncioTask.js';
import { frameOrError } from './frame.js';
import { greenlet } from './greenlet.js';
import { address, globalVariable, value } from './value.js';

/** Something in the answer is missing or doubtful. */
export const warning = z.strictObject({ where: z.string(), message: z.string() });

/** One Python thread, as the interpreter knows it. */
export const pythonThread = z.strictObject({
  interpreter: z.int(),
  address,
  ident: z.int().describe('threading.get_ident()'),
  tid: z.int().nullable().describe('the id that the kernel knows the thread by'),
  name: z.string().nullable().describe('threading.Thread.name'),
  daemon: z.boolean().nullable(),
  holdsGil: z.boolean(),
  handling: value.nullable().describe('the exception that is being handled (sys.exc_info())'),
  raising: value.nullable().describe('the exception that is set and not yet caught'),
  frames: z.array(frameOrError).describe('innermost first'),
  framesTruncated: z.strictObject({ shown: z.int() }).optional(),
});

/** The global interpreter lock of one interpreter; from 3.12 on interpreters may have their own. */
export const gil = z.strictObject({
  locked: z.boolean().nullable(),
  holder: address.nullable().describe('the address of the thread that holds it'),
  locks: address.nullable().describe('where its locks begin: a thread in futex() within waits for the GIL'),
  locksBytes: z.int().nullable(),
  switchIntervalUs: z.int().nullable(),
});

/** The one lock for all imports of 2.7. */
const importLock = z.strictObject({
  futex: address.describe('a thread in futex() here waits for it'),
  owner: z.int().describe('the ident of the thread that has it'),
});

/** The garbage collector of one interpreter. */
export const gc = z.strictObject({
  enabled: z.boolean().nullable(),
  collecting: z.boolean().nullable(),
  generations: z.array(z.strictObject({ count: z.int(), threshold: z.int() })),
});

export const interpreter = z.strictObject({
  id: z.int(),
  address,
  main: z.boolean(),
  gil,
  importLock: importLock.nullable().describe('null: nobody has it, or there is none'),
  gc,
});

/** What only the inside can tell of a socket, or of a pipe. */
export const socketDetails = z.strictObject({
  fd: z.int(),
  family: z.int().optional(),
  type: z.int().optional(),
  protocol: z.int().optional(),
  listening: z.boolean().optional(),
  local: z.string().optional().describe('the sockaddr, in hex'),
  remote: z.string().optional().describe('the sockaddr, in hex'),
  receiveQueue: z.int().optional().describe('bytes (SIOCINQ, FIONREAD)'),
  capacity: z.int().optional().describe('of a pipe: bytes (F_GETPIPE_SZ)'),
  sendQueue: z.int().optional().describe('bytes (SIOCOUTQ)'),
  tcpState: z.int().optional(),
  backlog: z
    .strictObject({ queued: z.int(), limit: z.int() })
    .optional()
    .describe('of a listening TCP socket'),
  poll: z
    .int()
    .describe(
      'revents of poll(): POLLERR says that an error is pending; SO_ERROR is not read, for reading clears it',
    ),
  peerPid: z.int().optional().describe('SO_PEERCRED of a UNIX socket'),
});

/** The answer of libsleeper.so to a dump request. */
export const agentReport = z.strictObject({
  agent: z.strictObject({ version: z.string() }),
  python: z.strictObject({
    implementation: z.literal('CPython'),
    version: z.string().describe('"3.11.7", "3.15.0b1"'),
    hexVersion: z.int(),
    debug: z.boolean(),
    freeThreaded: z.boolean(),
    finalizing: z.boolean(),
    layout: z.enum(['table', 'debug offsets']).describe('where the field offsets came from'),
  }),
  interpreters: z.array(interpreter),
  threads: z.array(pythonThread),
  greenlets: z.array(greenlet).optional().describe('where greenlet is imported; the oldest first'),
  tasks: z.array(asyncioTaskOrError),
  tasksTruncated: z.strictObject({ shown: z.int(), total: z.int() }).optional(),
  modules: z
    .array(
      z.strictObject({
        name: z.string(),
        globals: z.array(globalVariable),
        truncated: z.strictObject({ shown: z.int(), total: z.int() }).optional(),
      }),
    )
    .optional(),
  sockets: z.array(socketDetails),
  limits: z.strictObject({
    threads: z.int(),
    frames: z.int(),
    depth: z.int(),
    items: z.int(),
    string: z.int(),
    repr: z.int(),
    variables: z.int(),
    warnings: z.int(),
    answer: z.int(),
  }),
  warnings: z.array(warning),
});

export type AgentReport = z.infer<typeof agentReport>;
export type { Frame } from './frame.js';
export type PythonThread = z.infer<typeof pythonThread>;
export type SocketDetails = z.infer<typeof socketDetails>;
export type Warning = z.infer<typeof warning>;
