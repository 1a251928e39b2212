import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll } from '@jest/globals';

const running = new Set<ChildProcess>();

// What a failed test has left behind.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process that a test looks at from outside only. */
export interface RunningCommand {
  pid: number;
  /** The first line that it printed: it stands where it is to be looked at. */
  ready: string;
  /** Ends its standard input, which ends it. */
  end(): Promise<void>;
}

/** Who runs a program, when a test that runs as root says it is another. */
export interface User {
  uid?: number;
  gid?: number;
}

/** Starts a program, waits for its first line of output. */
export async function startCommand(
  executable: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
  user: User = {},
): Promise<RunningCommand> {
  const child = spawn(executable, args, { stdio: ['pipe', 'pipe', 'inherit'], env, ...user });
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (first.done === true || child.pid === undefined)
    throw new Error(`${executable} ended before it was ready`);
  return {
    pid: child.pid,
    ready: first.value,
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
