import { z } from 'zod';
import { warning } from './agentReport.js';
import { fileDescriptor } from './fileDescriptor.js';

/** The open file descriptors of a process: what `sleeper fds --json` prints. */
export const openFds = z.strictObject({
  schemaVersion: z.literal(1),
  pid: z.int(),
  command: z.string().describe("the kernel's name of the process"),
  fds: z.array(fileDescriptor),
  warnings: z.array(warning),
});

export type OpenFds = z.infer<typeof openFds>;
