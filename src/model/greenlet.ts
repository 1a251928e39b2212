import { z } from 'zod';
import { frameOrError } from './frame.js';
import { address, unreadable, value } from './value.js';

/** A greenlet that has not ended: of greenlet itself, of gevent, of eventlet. */
export const greenlet = z.strictObject({
  interpreter: z.int(),
  address,
  type: z.string(),
  typeModule: z.string().optional(),
  name: z.string().nullable().describe('its attribute `name`, where it has one'),
  main: z.boolean().describe('the one that its thread began in'),
  state: z
    .enum(['not started', 'suspended', 'running'])
    .describe('running: its frames are those of its thread'),
  parent: address.nullable().describe('the greenlet that goes on when this one ends'),
  stack: address.nullable().describe('an address in the C stack of its thread'),
  run: z.union([value, unreadable]).optional().describe('of one that has not started: what it will call'),
  waitsFor: z
    .union([
      value.extend({
        owner: address.optional().describe('of an RLock: the greenlet that has it'),
        fd: z.int().optional().describe('of the watcher of a socket'),
      }),
      unreadable,
    ])
    .optional()
    .describe('of one of gevent that is suspended, where it is known: the object that will wake it'),
  frames: z.array(frameOrError).describe('of one that is suspended: innermost first'),
  framesTruncated: z.strictObject({ shown: z.int() }).optional(),
});

/** The same, with the thread that it belongs to. */
export const greenletOfThread = greenlet
  .omit({ stack: true })
  .extend({ tid: z.int().nullable().describe('the thread that it runs in; null: not known') });

export type AgentGreenlet = z.infer<typeof greenlet>;
export type Greenlet = z.infer<typeof greenletOfThread>;
