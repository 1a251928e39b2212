import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Scenario } from './scenarios.js';
import type { Tool } from './tools.js';

/** What one run of a tool cost. */
export interface Measurement {
  wallMs: number;
  /** Of the tool and its children, user and system. */
  cpuMs: number;
  /** The longest gap in the running of the target's spinning thread. */
  pauseMs: number;
}

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** sysconf(_SC_CLK_TCK), which Linux fixes for user space. */
const msPerTick = 10;

/** The CPU time of all children that were waited for: proc(5), /proc/PID/stat, cutime and cstime. */
function childrenCpuMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * msPerTick;
}

/** The target of a scenario, preloaded with the agent, and its own record of its gaps. */
export class BenchTarget {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
    readonly pid: number,
  ) {}

  static async start(python: string, { idleThreads, libraries }: Scenario): Promise<BenchTarget> {
    const child = spawn(
      fromRoot('bin/sleeper'),
      ['run', '--', python, fromRoot('bench/target.py'), String(idleThreads), libraries],
      { detached: true },
    );
    child.stderr.pipe(process.stderr);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ready = await lines.next();
    if (ready.value !== 'ready' || child.pid === undefined)
      throw new Error('the target of the benchmark did not start');
    return new BenchTarget(child, lines, child.pid);
  }

  /** The longest gap since the last call, in milliseconds. */
  async longestGapMs(): Promise<number> {
    this.child.stdin.write('\n');
    const line = await this.lines.next();
    if (line.done === true) throw new Error('the target of the benchmark has ended');
    return Number(line.value) / 1000;
  }

  end(): void {
    this.child.stdin.end();
  }
}

/** Runs the tool once on the target. Returns null when the tool failed. */
export async function measure(tool: Tool, target: BenchTarget): Promise<Measurement | null> {
  const [command, ...args] = tool.command(target.pid);
  await target.longestGapMs();
  const cpuBefore = childrenCpuMs();
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { maxBuffer: 1 << 28 });
  const wallMs = performance.now() - start;
  const cpuMs = childrenCpuMs() - cpuBefore;
  const pauseMs = await target.longestGapMs();
  if (status === 0) return { wallMs, cpuMs, pauseMs };
  process.stderr.write(`bench: ${tool.name} failed: ${stderr.toString().trim().split('\n').at(-1) ?? ''}\n`);
  return null;
}
