import { SleeperError } from './errors.js';

/** What can go wrong with an errand. docs/troubleshooting.md has a heading for each. */
export const errandErrors = {
  noCodeCave: (pid: number) =>
    new SleeperError(
      'no-code-cave',
      'agent',
      `Process ${pid} has no unused bytes behind the code of its libraries, where the call that loads the agent could be put.`,
      'Start it with `sleeper run -- COMMAND` the next time.',
    ),
  noSafeMoment: (pid: number, ms: number, why: string) =>
    new SleeperError(
      'no-safe-moment',
      'timeout',
      `For ${ms / 1000} s no thread of process ${pid} was where it could load the agent without harm: ${why}.`,
      'Try again, with a longer --timeout; start it with `sleeper run -- COMMAND` the next time.',
    ),
  errandLate: (pid: number, name: string, ms: number) =>
    new SleeperError(
      'errand-late',
      'timeout',
      `${ms / 1000} s after a thread of process ${pid} was sent on an errand (${name}) it has not come back; it will when the call returns, and nothing else is changed.`,
      'A lock that the call needs is held, or the disk is slow. Look again later with `sleeper inject --status PID`.',
    ),
  noRoom: (pid: number) =>
    new SleeperError(
      'no-room',
      'agent',
      `Process ${pid} got no memory for the call that loads the agent, and is unharmed: the kernel refused it.`,
      `Its limit of address space is used up (ulimit -v; \`grep address /proc/${pid}/limits\`), or a seccomp filter forbids mmap().`,
    ),
  noFreeDescriptor: (pid: number, limit: number) =>
    new SleeperError(
      'no-free-descriptor',
      'agent',
      `Process ${pid} has all the ${limit} file descriptors open that it may have. What was asked for takes some, and its limit could not be raised for that moment.`,
      `\`sleeper fds ${pid}\` shows what it has open, without the agent. As root: \`prlimit --pid ${pid} --nofile=${limit + 64}\`, and again.`,
    ),
  errandUnderWay: (pid: number) =>
    new SleeperError(
      'errand-under-way',
      'badState',
      `A thread of process ${pid} is still on an errand that it was sent on before.`,
      'It waits for a lock, or for a slow disk. Try again when it has come back.',
    ),
};
