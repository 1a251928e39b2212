import { z } from 'zod';
import { gc, gil } from './agentReport.js';
import { asyncioTask } from './asyncioTask.js';
import { profileDocument } from '../profile/profileDocument.js';
import { frame } from './frame.js';
import { greenletOfThread } from './greenlet.js';
import { openFds } from './openFds.js';
import { kernelThread, snapshot, thread } from './snapshot.js';
import { globalVariable, unreadable, variable } from './value.js';

/** A thread as the REPL knows it. */
const replThread = z.strictObject({
  number: z.int().describe('for `thread N`; a thread keeps its number'),
  current: z.boolean().describe('it is the chosen one'),
  tid: z.int().nullable(),
  ident: z.int().nullable().describe('threading.get_ident(); null: a native thread'),
  name: z.string().nullable(),
  gil: thread.shape.gil,
  kernel: kernelThread.nullable(),
});

const place = z.strictObject({
  function: z.string(),
  qualifiedName: z.string().optional(),
  file: z.string(),
  line: z.int().nullable(),
});

/** A frame with its number; 0 is the innermost. */
const replFrame = z.union([
  frame.extend({ number: z.int() }),
  z.strictObject({ number: z.int(), ...unreadable.shape }),
]);

const threadReference = z.strictObject({ tid: z.int().nullable(), name: z.string().nullable() });

const liveValue = z.strictObject({
  text: z.string(),
  type: z.string(),
  how: z.enum(['repr', 'raw']).describe('repr: by the code of the process; raw: decoded from memory'),
  reason: z.string().optional().describe('why it is raw'),
  total: z.int().optional().describe('characters of the whole text, where it was cut'),
});

/** What a command of the REPL gave. */
export const replResult = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('threads'),
    threads: z.array(replThread.extend({ place: place.nullable().describe('the innermost frame') })),
  }),
  z.strictObject({ kind: z.literal('greenlets'), greenlets: z.array(greenletOfThread) }),
  z.strictObject({ kind: z.literal('tasks'), tasks: z.array(asyncioTask) }),
  z.strictObject({ kind: z.literal('place'), thread: replThread, frame: replFrame.nullable() }),
  z.strictObject({
    kind: z.literal('stack'),
    thread: replThread,
    total: z.int().describe('frames that were read'),
    frames: z.array(replFrame),
  }),
  z.strictObject({
    kind: z.literal('source'),
    file: z.string(),
    current: z.int().nullable(),
    lines: z.array(z.strictObject({ number: z.int(), text: z.string() })),
  }),
  z.strictObject({
    kind: z.literal('variables'),
    scope: z.enum(['locals', 'args', 'globals']),
    variables: z.array(z.union([variable, globalVariable])),
    total: z.int(),
  }),
  z.strictObject({
    kind: z.literal('value'),
    value: liveValue,
    line: z.int().nullable().describe('where the frame is now'),
    moved: z.boolean().describe('the frame has moved on since it was shown'),
  }),
  z.strictObject({ kind: z.literal('statement'), line: z.int().nullable(), moved: z.boolean() }),
  z.strictObject({
    kind: z.literal('description'),
    type: z.string(),
    module: z.string().nullable(),
    where: z.string().nullable(),
    signature: z.string().nullable(),
    doc: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('samples'),
    samples: z.array(z.strictObject({ at: z.iso.datetime(), value: liveValue })),
  }),
  z.strictObject({ kind: z.literal('fds'), open: openFds }),
  z.strictObject({
    kind: z.literal('gil'),
    interpreters: z.array(z.strictObject({ id: z.int(), gil, holder: threadReference.nullable() })),
    waiting: z.array(threadReference),
  }),
  z.strictObject({ kind: z.literal('gc'), interpreters: z.array(z.strictObject({ id: z.int(), gc })) }),
  z.strictObject({
    kind: z.literal('modules'),
    modules: z.array(z.string()),
    complete: z.boolean().describe('false: only those that are on a stack'),
  }),
  z.strictObject({ kind: z.literal('dump'), snapshot }),
  z.strictObject({
    kind: z.literal('profile'),
    profile: profileDocument,
    file: z.string().nullable().describe('what the profile was written to'),
    recording: z.string().nullable().describe('the raw recording beside it, for `sleeper report`'),
  }),
  z.strictObject({ kind: z.literal('message'), text: z.string() }),
]);

/** What `sleeper repl --json` prints for each command. */
export const replAnswer = z.union([
  z.strictObject({
    command: z.string(),
    ok: z.literal(true),
    result: replResult,
    notes: z.array(z.string()).optional(),
  }),
  z.strictObject({
    command: z.string(),
    ok: z.literal(false),
    error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
  }),
]);

export type ReplThread = z.infer<typeof replThread>;
export type ReplFrame = z.infer<typeof replFrame>;
export type ReplResult = z.infer<typeof replResult>;
export type ReplAnswer = z.infer<typeof replAnswer>;
