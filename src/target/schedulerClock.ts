import { isConfigured, readKernelConfig } from './kernelConfig.js';
import { parseLastRan, processorBehindMs } from './processorClock.js';
import { defaultProcRoot, readProc, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';

/** What a processor's own clock (`rq_clock_task` of the scheduler) may leave out of the time that passes. */
interface LostTime {
  /** The hypervisor ran something else (left out with CONFIG_PARAVIRT_TIME_ACCOUNTING). */
  stolenMs: number;
  /** Interrupts (left out with CONFIG_IRQ_TIME_ACCOUNTING). */
  interruptsMs: number;
}

/** The scheduler's clocks at one instant. */
export interface SchedulerClocks {
  /** Now, by the clock of the processor `processor`, to one tick (1 to 10 ms). */
  nowMs: number;
  processor: number;
  /** CLOCK_MONOTONIC, which leaves nothing out. */
  monotonicMs: number;
  /** Of /proc/uptime, to a hundredth of a second. */
  uptimeMs: number;
  /** How far the clock of another processor is behind that; null: it is not to be had. */
  behindMs: (processor: number) => number | null;
  /** By number of the processor, since the boot. */
  lost: Map<number, LostTime>;
  /** What the clocks of this kernel may leave out. */
  builds: readonly Build[];
}

/** This process runs now, so its own last run time is the present, by the clock of its processor. */
export function readSchedulerClocks(procRoot: string): SchedulerClocks | null {
  const nowMs = parseLastRan(tryReadProc(`${procRoot}/self/sched`));
  if (nowMs === null) return null;
  const { processor } = parseStat(readProc(`${procRoot}/self/stat`));
  const monotonicMs = Number(process.hrtime.bigint()) / 1e6;
  const uptimeMs = Number.parseFloat(readProc(`${procRoot}/uptime`)) * 1000;
  const lost = parseLostTimes(readProc(`${procRoot}/stat`));
  const behindMs = procRoot === defaultProcRoot ? processorBehindMs : (): null => null;
  return { nowMs, processor, monotonicMs, uptimeMs, behindMs, lost, builds: readBuilds(procRoot) };
}

/** The lines "cpu0 user nice system idle iowait irq softirq steal ..." of /proc/stat, in ticks of 10 ms. */
export function parseLostTimes(text: string): Map<number, LostTime> {
  const lost = new Map<number, LostTime>();
  for (const [line, number] of text.matchAll(/^cpu(\d+) .*$/gm)) {
    const [, , , , , , interrupts, soft, stolen] = line.split(' ').map(Number);
    lost.set(Number(number), {
      stolenMs: (stolen ?? 0) * 10,
      interruptsMs: ((interrupts ?? 0) + (soft ?? 0)) * 10,
    });
  }
  return lost;
}

/** How much a scheduler's clock leaves out of what a processor has lost; that depends on how the kernel was built. */
type Build = (lost: LostTime) => number;

/**
 * How a kernel may have been built. What its configuration has may still be off: `noirqtime`, `no-steal-acc`.
 * @param config null: not known
 */
export function buildsOf(config: string | null): readonly Build[] {
  const may = (option: string): boolean => config === null || isConfigured(config, option);
  const steals = may('CONFIG_PARAVIRT_TIME_ACCOUNTING');
  const interrupts = may('CONFIG_IRQ_TIME_ACCOUNTING');
  const stolen: Build[] = steals ? [({ stolenMs }) => stolenMs] : [];
  const interrupted: Build[] = interrupts ? [({ interruptsMs }) => interruptsMs] : [];
  const both: Build[] = steals && interrupts ? [({ stolenMs, interruptsMs }) => stolenMs + interruptsMs] : [];
  return [...stolen, () => 0, ...interrupted, ...both];
}

const builds = new Map<string, readonly Build[]>();

/** How the kernel that runs may have been built; its configuration is read once. */
export function readBuilds(procRoot = defaultProcRoot): readonly Build[] {
  const known = builds.get(procRoot) ?? buildsOf(readKernelConfig(procRoot));
  builds.set(procRoot, known);
  return known;
}

/** What is counted as lost explains the difference of two clocks to some hundredths: of less than this to a tick. */
const littleMs = 1000;

/**
 * For how long a thread has not run, in milliseconds. The clocks of two processors differ by what each has left out. If
 * that is much, the other one is asked for its clock. Where it cannot be, what is left out follows from what is lost;
 * where it is not known how the kernel was built, that only shows in how far the clocks are behind CLOCK_MONOTONIC. Null
 * when it remains open and matters by more than a tenth.
 */
export function lastRanMsAgo(clocks: SchedulerClocks, lastRanMs: number, processor: number): number | null {
  const passed = clocks.nowMs - lastRanMs;
  if (processor === clocks.processor) return Math.max(0, passed);
  const own = clocks.lost.get(clocks.processor);
  const other = clocks.lost.get(processor);
  if (own === undefined || other === undefined) return null;
  const isMuch = clocks.builds.some((left) => left(own) > littleMs || left(other) > littleMs);
  const otherBehind = isMuch ? clocks.behindMs(processor) : null;
  if (otherBehind !== null) return Math.max(0, clocks.uptimeMs - otherBehind - lastRanMs);
  const behind = clocks.monotonicMs - clocks.nowMs;
  // The clocks start within half a second of each other, NTP corrects only one of them, and what was stolen while a
  // processor did nothing is counted and not left out: of 32 s, 30 were.
  const tolerance = 500 + clocks.monotonicMs / 10_000;
  const likely = clocks.builds.filter((left) => Math.abs(behind - left(own)) < tolerance + left(own) / 10);
  const candidates = (likely.length > 0 ? likely : clocks.builds).map(
    (left) => passed + left(own) - left(other),
  );
  const [first = passed] = candidates;
  const least = Math.max(0, Math.min(...candidates));
  // A difference of two ticks says nothing: what was left out is counted in ticks.
  return Math.max(...candidates) - least <= Math.max(20, least / 10) ? Math.max(0, first) : null;
}
