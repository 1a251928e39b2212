import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Sampler } from './samplers.js';

/** What sampling a process cost, and what came of it. */
export interface RecordMeasurement {
  /** Of the target's own work per second, against that before and after. Percent. */
  readonly slowdown: number;
  /** Samples a second. */
  readonly rate: number;
  /** How far the share of `heavy` is from what the target says, in percentage points; null: it does not look. */
  readonly error: number | null;
  /** Of the sampler and all its children: percent of one processor. */
  readonly cpu: number;
  /** Of as many gaps in the target's running as there were samples, the longest ones, the median. */
  readonly pauseMs: number;
}

/** What bench/recordTarget.py says of a stretch of time. */
interface Stretch {
  readonly seconds: number;
  readonly work: number;
  readonly heavy: number;
  readonly gapsMs: readonly number[];
}

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** sysconf(_SC_CLK_TCK), which Linux fixes for user space. */
const ticksPerSecond = 100;
/** In which a sampler comes into its stride. */
const warmUpMs = 1000;

class Target {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
    readonly pid: number,
  ) {}

  static async start(python: string, threads: number): Promise<Target> {
    const args = ['run', '--', python, fromRoot('bench/recordTarget.py'), String(threads - 1)];
    const child = spawn(fromRoot('bin/sleeper'), args);
    child.stderr.pipe(process.stderr);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ready = await lines.next();
    if (ready.value !== 'ready' || child.pid === undefined)
      throw new Error('the target of the benchmark did not start');
    return new Target(child, lines, child.pid);
  }

  /** What it did since the last call. */
  async ask(): Promise<Stretch> {
    this.child.stdin.write('\n');
    const line = await this.lines.next();
    if (line.done === true) throw new Error('the target of the benchmark has ended');
    return JSON.parse(line.value) as Stretch;
  }

  async stretch(ms: number): Promise<Stretch> {
    await this.ask();
    await delay(ms);
    return this.ask();
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

/** The processor time of a process and of all that come from it, in seconds. */
function cpuSeconds(root: number): number {
  const family = new Set([root]);
  let ticks = 0;
  for (const pid of readdirSync('/proc')
    .map(Number)
    .filter(Boolean)
    .sort((a, b) => a - b)) {
    let fields: string[];
    try {
      fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
    } catch {
      continue;
    }
    if (pid !== root && !family.has(Number(fields[1]))) continue;
    family.add(pid);
    // utime, stime, and those of children that have been waited for: see proc_pid_stat(5).
    ticks += [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  }
  return ticks / ticksPerSecond;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** One sampler on one target of its own: without, with, and without it. Null when it failed. */
export async function measureRecord(
  sampler: Sampler,
  { threads, hz, stretchMs }: { threads: number; hz: number; stretchMs: number },
): Promise<RecordMeasurement | null> {
  const directory = mkdtempSync(join(tmpdir(), 'sleeper-bench-'));
  const target = await Target.start(sampler.python, threads);
  try {
    const before = await target.stretch(stretchMs);
    const output = join(directory, 'samples');
    const [command, ...args] = sampler.command(target.pid, hz, output);
    const child = spawn(command, args, { stdio: 'ignore' });
    while (!sampler.begun(output) && child.exitCode === null) await delay(10);
    const startedAt = performance.now();
    await delay(warmUpMs);
    const cpuBefore = cpuSeconds(child.pid ?? 0);
    const during = await target.stretch(stretchMs);
    const cpu = cpuSeconds(child.pid ?? 0) - cpuBefore;
    child.kill('SIGINT');
    const sampledSeconds = (performance.now() - startedAt) / 1000;
    await ended(child);
    const after = await target.stretch(stretchMs);
    const { samples, heavy } = await sampler.found(output);
    if (samples === 0) throw new Error('it has no samples');
    const speed = ({ work, seconds }: Stretch): number => work / seconds;
    const unsampled = (speed(before) + speed(after)) / 2;
    const rate = samples / sampledSeconds;
    return {
      slowdown: 100 * (1 - speed(during) / unsampled),
      rate,
      error: heavy === null ? null : 100 * Math.abs(heavy / samples - during.heavy / during.seconds),
      cpu: (100 * cpu) / during.seconds,
      pauseMs: median(during.gapsMs.slice(0, Math.max(1, Math.round(rate * during.seconds)))),
    };
  } catch (error) {
    process.stderr.write(`\nbench: ${sampler.name} failed: ${(error as Error).message}\n`);
    return null;
  } finally {
    target.end();
    rmSync(directory, { recursive: true });
  }
}
