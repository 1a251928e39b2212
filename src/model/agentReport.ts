import { z } from 'zod';
import { address, globalVariable, unreadable, value, variable } from './value.js';

/** Something in the answer is missing or doubtful. */
export const warning = z.strictObject({ where: z.string(), message: z.string() });

/** One Python frame. */
export const frame = z.strictObject({
  function: z.string(),
  qualifiedName: z.string().optional().describe('from CPython 3.11 on'),
  file: z.string(),
  line: z.int().nullable().describe('null where the code has no line for the instruction'),
  endLine: z.int().optional(),
  column: z.int().optional().describe('0-based, in bytes of UTF-8, as CPython stores it; from 3.11 on'),
  endColumn: z.int().optional(),
  module: z.string().nullable().describe('__name__ of the frame’s globals'),
  entry: z.boolean().describe('was called from C: the next frame out has a native frame between'),
  variables: z.array(variable).optional(),
  variablesTruncated: z.strictObject({ shown: z.int(), total: z.int() }).optional(),
  stackLocks: z
    .array(z.union([value, unreadable]))
    .optional()
    .describe('the locks of the with statements that the frame is in'),
  calledLocks: z
    .array(z.union([value, unreadable]))
    .optional()
    .describe(
      'of the innermost frame: all locks on its value stack, stale ones too; if it is blocked in acquire() or in entering a with statement, it waits for the one whose futex the thread waits on',
    ),
});

/** A frame, or what could be told in place of it. */
export const frameOrError = z.union([frame, unreadable]);

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
  condition: address
    .nullable()
    .describe('its condition variable: a thread in futex() within waits for the GIL'),
  conditionBytes: z.int().nullable(),
  switchIntervalUs: z.int().nullable(),
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
  gc,
});

/** What only the inside can tell of a socket. */
export const socketDetails = z.strictObject({
  fd: z.int(),
  family: z.int().optional(),
  type: z.int().optional(),
  protocol: z.int().optional(),
  listening: z.boolean().optional(),
  local: z.string().optional().describe('the sockaddr, in hex'),
  remote: z.string().optional().describe('the sockaddr, in hex'),
  receiveQueue: z.int().optional().describe('bytes (SIOCINQ)'),
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
  }),
  warnings: z.array(warning),
});

export type AgentReport = z.infer<typeof agentReport>;
export type Frame = z.infer<typeof frame>;
export type PythonThread = z.infer<typeof pythonThread>;
export type SocketDetails = z.infer<typeof socketDetails>;
export type Warning = z.infer<typeof warning>;
