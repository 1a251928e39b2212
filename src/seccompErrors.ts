import { SleeperError } from './errors.js';

/** What a seccomp filter of the process has against it. docs/troubleshooting.md has a heading for each. */
export const seccompErrors = {
  seccompKills: (pid: number, calls: readonly string[], what: string) =>
    new SleeperError(
      'seccomp-kills',
      'badState',
      `Process ${pid} has a seccomp filter that would kill it for ${calls.join(', ')}, which ${what} takes.`,
      'Allow these calls in the filter, or have it answer with an error (systemd: SystemCallErrorNumber=EPERM). `sleeper fds` works all the same.',
    ),
  seccompUnknown: (pid: number) =>
    new SleeperError(
      'seccomp-unknown',
      'permission',
      `Process ${pid} has a seccomp filter that you may not read: it may be one that kills the process for what sleeper has it do.`,
      'Run sleeper as root of the host, which can read it; or say --trust-seccomp if you know that the filter only answers with errors.',
    ),
} as const;
