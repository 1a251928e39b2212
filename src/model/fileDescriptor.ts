import { z } from 'zod';

/** A process that has the other end of a pipe or socket. */
const endpoint = z.strictObject({
  pid: z.int(),
  fd: z.int(),
  command: z.string().describe("the kernel's name of the process"),
  peer: z
    .literal(true)
    .optional()
    .describe('of a socket: it holds the other end of the connection; otherwise it shares this one'),
});

const common = {
  fd: z.int(),
  target: z.string().describe('what /proc/PID/fd/N points to: "/var/log/app.log", "socket:[1234]"'),
  flags: z.array(z.string()).describe('"O_RDWR", "O_NONBLOCK", ... as open(2) names them'),
  closeOnExec: z.boolean(),
  blockedThreads: z
    .array(z.int())
    .describe('ids of the threads that were in a system call on it, or waited for it through epoll'),
};

/** One open file descriptor. */
export const fileDescriptor = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['file', 'directory', 'device', 'tty', 'memfd']),
    ...common,
    path: z.string(),
    deleted: z.boolean(),
    offset: z.number().describe('bytes; exact up to 2^53'),
    size: z.number().nullable().describe('bytes; exact up to 2^53; null for what has no size'),
    inode: z.int().nullable().describe('null beyond 2^53, as of some overlay file systems'),
  }),
  z.strictObject({
    kind: z.literal('pipe'),
    ...common,
    inode: z.int(),
    end: z.enum(['read', 'write', 'both']),
    path: z.string().nullable().describe('of a named pipe'),
    queued: z.int().optional().describe('bytes that lie in it; only where the process was asked'),
    capacity: z.int().optional().describe('bytes; goes with `queued`'),
    others: z.array(endpoint).describe('who has the other end, as far as this user may see'),
  }),
  z.strictObject({
    kind: z.literal('socket'),
    ...common,
    inode: z.int(),
    family: z.string().nullable().describe('"AF_INET"'),
    type: z.string().nullable().describe('"SOCK_STREAM"'),
    local: z.string().nullable().describe('"127.0.0.1:8000", "[::1]:80", "/run/x.sock", "@abstract"'),
    remote: z.string().nullable(),
    state: z.string().nullable().describe('"ESTABLISHED", "LISTEN", "CLOSE_WAIT", ...'),
    receiveQueue: z.int().nullable().describe('bytes'),
    sendQueue: z.int().nullable().describe('bytes'),
    peerReceiveQueue: z
      .int()
      .optional()
      .describe('bytes that the other end has received and not read; only of one on this machine'),
    backlog: z.strictObject({ queued: z.int(), limit: z.int() }).nullable(),
    errorPending: z.boolean().nullable(),
    peerPid: z.int().nullable(),
    others: z.array(endpoint).describe('for sockets: processes that share this very socket or hold its peer'),
  }),
  z.strictObject({
    kind: z.literal('epoll'),
    ...common,
    interest: z.array(z.strictObject({ fd: z.int(), events: z.array(z.string()) })),
  }),
  z.strictObject({
    kind: z.literal('eventfd'),
    ...common,
    count: z.string().nullable().describe('decimal; up to 2^64'),
  }),
  z.strictObject({
    kind: z.literal('timerfd'),
    ...common,
    clock: z.string().nullable(),
    nextMs: z.number().nullable().describe('until it expires; null: not armed'),
    intervalMs: z.number().nullable().describe('null: it expires once'),
  }),
  z.strictObject({ kind: z.literal('signalfd'), ...common, signals: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('inotify'), ...common, watches: z.int() }),
  z.strictObject({ kind: z.literal('pidfd'), ...common, pid: z.int().nullable() }),
  z.strictObject({ kind: z.literal('other'), ...common, name: z.string() }),
  z.strictObject({ kind: z.literal('unreadable'), fd: z.int(), error: z.string() }),
]);

export type FileDescriptor = z.infer<typeof fileDescriptor>;
