import { SleeperError } from './errors.js';

/** The failures of beginning a live session. docs/troubleshooting.md has a heading for each. */
export const liveErrors = {
  liveBusy: (pid: number) =>
    new SleeperError(
      'live-busy',
      'badState',
      `Another sleeper has a live session with process ${pid}.`,
      'End that one first: the `repl` or `dump --live` of somebody else.',
    ),
  liveNoThread: (pid: number) =>
    new SleeperError(
      'live-no-thread',
      'agent',
      `Process ${pid} can have no further thread, which a live session needs.`,
      'Its limit (ulimit -u, or pids.max of its control group) is reached. `sleeper dump` works without.',
    ),
  liveRefused: (pid: number, errno: number) =>
    new SleeperError(
      'live-refused',
      'agent',
      `No live session could be begun in process ${pid}: error ${errno}.`,
      '`sleeper dump` works without.',
    ),
  liveEnded: (pid: number) =>
    new SleeperError(
      'live-ended',
      'agent',
      `The live session with process ${pid} ended as soon as it had begun.`,
      'The process may be ending. `sleeper dump` works without.',
    ),
};
