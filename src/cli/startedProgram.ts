import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isAgentReady } from '../agent/atAgent.js';
import { errors, exitCodes } from '../errors.js';

const launcher = fileURLToPath(new URL('../../bin/sleeper', import.meta.url));
/** Wrappers, such as those of pyenv, take their time before they become Python. */
const startMs = 10_000;

/** A program that was started with the agent in it. */
export class StartedProgram {
  readonly pid: number;

  private constructor(private readonly child: ChildProcess) {
    this.pid = child.pid ?? -1;
  }

  /** Starts it; its standard streams are ours. */
  static async start(words: readonly string[]): Promise<StartedProgram> {
    const child = spawn(launcher, ['run', '--', ...words], { stdio: 'inherit' });
    if (child.pid === undefined) throw errors.unexpected((await once(child, 'error'))[0]);
    return new StartedProgram(child);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /**
   * Waits until the agent serves it, or it has ended.
   * @throws SleeperError agent-missing: for too long it has not become Python
   */
  async untilReady(): Promise<void> {
    const ended = this.ended();
    const deadline = performance.now() + startMs;
    while (!this.hasEnded && !isAgentReady(this.pid)) {
      if (performance.now() > deadline) throw errors.agentMissing(this.pid);
      await Promise.race([delay(2), ended]);
    }
  }

  /** Waits for its end. Returns its exit code as a shell has it. */
  async ended(): Promise<number> {
    const { child } = this;
    if (!this.hasEnded) await once(child, 'exit');
    if (child.signalCode !== null) return 128 + constants.signals[child.signalCode];
    return child.exitCode ?? exitCodes.failure;
  }
}
