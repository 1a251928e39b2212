import { z } from 'zod';

/** An address in the target, as text: `"0x7f12a0"`. Text, because it may exceed 2^53. */
export const address = z.string().regex(/^0x[0-9a-f]+$/);

/** What was left out of a printed value because of a limit. */
export const truncation = z.strictObject({
  shown: z
    .int()
    .optional()
    .describe('elements, characters, bytes or bits of the value itself that are shown'),
  total: z.int().optional().describe('how many there are'),
  nested: z.literal(true).optional().describe('something inside the value was cut'),
});

/** A lock, as far as its memory tells. */
export const lock = z.strictObject({
  kind: z
    .enum(['Lock', 'RLock', 'SemLock', 'Semaphore'])
    .describe(
      'SemLock: what the locks of multiprocessing are made of, and a BoundedSemaphore of one; Semaphore: what its semaphores are made of, which any process ' +
        'may release',
    ),
  locked: z.boolean().nullable(),
  owner: z
    .int()
    .nullable()
    .describe("the owner's Python ident; a plain Lock stores none, a SemLock only one of this process"),
  count: z.int().nullable().describe('how often it is held by its owner; a plain Lock does not say'),
  futex: address
    .nullable()
    .describe('who waits for it sleeps on this futex or, from CPython 3.13.1 on, is parked for this address'),
});

const valueMembers = {
  type: z.string(),
  typeModule: z.string().optional().describe('absent for built-in types'),
  address,
  repr: z.string(),
  how: z
    .enum(['raw', 'repr'])
    .describe('raw: decoded from memory, no code of the target ran; repr: what its own repr() gave'),
  reason: z.string().optional().describe('with --live: why it is raw nevertheless'),
  truncated: truncation.optional(),
  lock: lock.optional(),
  boundedSemaphore: z
    .literal(true)
    .optional()
    .describe('of a SemLock: what the program has of it is a BoundedSemaphore of one'),
};

/** A Python object that was decoded. */
export const value = z.strictObject(valueMembers);

/** What stands in place of something that could not be read. */
export const unreadable = z.strictObject({ error: z.string(), address: address.optional() });

const variableMembers = {
  name: z.string(),
  kind: z
    .enum(['argument', 'local', 'cell', 'free'])
    .describe('cell: shared with an inner function; free: from an enclosing function'),
};

/** A variable of a frame. */
export const variable = z.union([
  z.strictObject({ ...variableMembers, ...valueMembers }),
  z.strictObject({ ...variableMembers, ...unreadable.shape }),
]);

/** A global of a module. */
export const globalVariable = z.union([
  z.strictObject({ name: z.string(), ...valueMembers }),
  z.strictObject({ name: z.string(), ...unreadable.shape }),
]);

export type Value = z.infer<typeof value>;
export type Variable = z.infer<typeof variable>;
export type GlobalVariable = z.infer<typeof globalVariable>;
export type Truncation = z.infer<typeof truncation>;
