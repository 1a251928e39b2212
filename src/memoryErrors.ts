import { SleeperError } from './errors.js';

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

/** What the memory limit of a process has against it. docs/troubleshooting.md has a heading for each. */
export const memoryErrors = {
  memoryLimit: (pid: number, left: number, limit: number, needed: number) =>
    new SleeperError(
      'memory-limit',
      'badState',
      `The control group of process ${pid} may have ${mebibytes(left)} of memory more until its limit of ${mebibytes(limit)}, and sleeper may need ${mebibytes(needed)} in it: the kernel would kill it.`,
      `\`sleeper fds ${pid}\` and \`sleeper ps\` need none. Or raise the limit for that moment (memory.max of its group; \`docker update --memory\`, \`systemctl set-property --runtime UNIT MemoryMax=\`).`,
    ),
  recordingMemory: (pid: number, left: number, what: string, needed: number) =>
    new SleeperError(
      'recording-memory',
      'badState',
      `Process ${pid} may have ${mebibytes(left)} of memory more until the ${what}, and a recording, which gets half of that at the most, needs ${mebibytes(needed)} in it.`,
      `\`sleeper dump ${pid}\` and \`sleeper why ${pid}\` need less. Or raise the limit for that time (\`prlimit --pid ${pid} --as=unlimited --data=unlimited\`; memory.max of its group).`,
    ),
  answerLost: (pid: number) =>
    new SleeperError(
      'answer-lost',
      'badState',
      `The machine is so short of memory that the kernel took back a part of the agent's answer in process ${pid} before it was read.`,
      `The process runs on. Try again, with less: \`sleeper dump --no-locals ${pid}\`.`,
    ),
} as const;
