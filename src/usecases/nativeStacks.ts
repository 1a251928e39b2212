import { isMangled } from '../gdb/demangleCommand.js';
import type { GdbSession } from '../gdb/session.js';
import { unwindRegisters, type UnwindRegisters } from '../gdb/threadRegisters.js';
import type { NativeFrame } from '../profile/mergeStacks.js';
import { LoadedModules } from '../target/native/loadedModules.js';
import { dwarfRegister, unwind, type StackCopy } from '../target/native/unwind.js';
import { parseMaps } from '../target/maps.js';
import { tryReadProc } from '../target/procFile.js';
import { openProcessMemory, type ProcessMemory } from '../target/processMemory.js';
import { ThreadStates } from '../target/threadStates.js';
import { nativeFrames } from './nativeFrames.js';

/** Of a stack whose end is not known so much is copied; if that was too little, the next time four times as much. */
const firstBytes = 128 << 10;
const mostBytes = 8 << 20;
/** Of how many threads it is remembered how deep their stacks are. */
const mostThreads = 20_000;

/** Beyond it there is no memory of a process on x86-64. */
const highestAddress = 2 ** 56;
interface Captured {
  readonly registers: UnwindRegisters;
  /** As much as was needed, once it is unwound. */
  stack: StackCopy;
  /** Innermost first; null: not unwound yet. */
  frames: readonly NativeFrame[] | null;
}

/**
 * The stacks of C of all threads of a process. Registers and stacks are copied while it stands still, and unwound when
 * it runs again. A thread that has not moved is not asked of gdb again, which is what takes the time.
 */
export class NativeStacks {
  private readonly memory: ProcessMemory;
  private readonly modules: LoadedModules;
  private readonly states: ThreadStates;
  private captured = new Map<number, Captured>();
  /** By the kernel id of the thread, once it was unwound to the end. */
  private readonly stackEnds = new Map<number, number>();
  /** Where that has failed. */
  private readonly wantedBytes = new Map<number, number>();
  /** The mappings in which stacks can be, as they were at the beginning. */
  private readonly writable: readonly { readonly start: number; readonly end: number }[];
  private readonly demangled = new Map<string, string>();

  constructor(
    private readonly session: GdbSession,
    pid: number,
    private readonly evaluationLoop: string,
  ) {
    this.memory = openProcessMemory(pid, { readOnly: true });
    this.modules = new LoadedModules({ pid, memory: this.memory, wholeFunction: evaluationLoop });
    this.states = new ThreadStates(pid);
    this.writable = parseMaps(tryReadProc(`/proc/${pid}/maps`) ?? '')
      .filter(({ permissions }) => permissions.startsWith('rw-p'))
      .map(({ start, end }) => ({ start: Number(start), end: Number(end) }));
  }

  /** To be called while the process stands still. */
  async capture(): Promise<void> {
    const before = this.captured;
    this.captured = new Map();
    const moved: number[] = [];
    if (this.stackEnds.size + this.wantedBytes.size > mostThreads) {
      // Most of these have ended. The others will be known again after this sample.
      this.stackEnds.clear();
      this.wantedBytes.clear();
    }
    for (const tid of this.states.tids() ?? []) {
      const known = before.get(tid);
      if (known !== undefined && this.hasNotMoved(tid, known)) this.captured.set(tid, known);
      else moved.push(tid);
    }
    if (moved.length === 0) return;
    for (const [tid, registers] of await this.session.registers(moved)) {
      if (this.captured.has(tid)) continue;
      const stack = this.copy(registers.rsp, this.bytesAbove(registers.rsp, tid));
      this.captured.set(tid, { registers, stack, frames: null });
    }
  }

  /** Makes frames of what was captured. To be called when the process runs again. */
  async unwindAll(): Promise<void> {
    this.modules.forget();
    const unwound: [Captured, readonly NativeFrame[]][] = [];
    for (const [tid, captured] of this.captured)
      if (captured.frames === null) unwound.push([captured, this.unwind(tid, captured)]);
    const mangled = new Set<string>();
    for (const [, frames] of unwound) {
      for (const { name } of frames) if (isMangled(name) && !this.demangled.has(name)) mangled.add(name);
    }
    if (mangled.size > 0) {
      const names = await this.session.demangle([...mangled]);
      [...mangled].forEach((name, index) => this.demangled.set(name, names[index] ?? name));
    }
    for (const [captured, frames] of unwound)
      captured.frames = frames.map((frame) => ({
        ...frame,
        name: this.demangled.get(frame.name) ?? frame.name,
      }));
  }

  /** Of a thread at the last capture, innermost first; null: not known. The same object as long as it has not moved. */
  framesOf(tid: number): readonly NativeFrame[] | null {
    return this.captured.get(tid)?.frames ?? null;
  }

  close(): void {
    this.modules.close();
    this.states.close();
    this.memory.close();
  }

  /** The same registers that /proc tells, and the same stack: then the others matter no more than before. */
  private hasNotMoved(tid: number, { registers, stack }: Captured): boolean {
    const at = this.states.read(tid);
    if (at?.kind !== 'waiting' || at.stackPointer !== registers.rsp || at.programCounter !== registers.rip)
      return false;
    return this.copy(registers.rsp, stack.bytes.length).bytes.equals(stack.bytes);
  }

  /** How much of a stack is to be copied. */
  private bytesAbove(stackPointer: number, tid: number): number {
    const inMapping = this.writable.find(({ start, end }) => stackPointer >= start && stackPointer < end);
    const end = this.stackEnds.get(tid) ?? inMapping?.end ?? 0;
    const wanted = end > stackPointer ? end - stackPointer : (this.wantedBytes.get(tid) ?? firstBytes);
    return Math.min(wanted, mostBytes);
  }

  private copy(address: number, bytes: number): StackCopy {
    const isAddress = address > 0 && address < highestAddress;
    return { address, bytes: isAddress ? this.memory.readUpTo(BigInt(address), bytes) : Buffer.alloc(0) };
  }

  private unwind(tid: number, captured: Captured): readonly NativeFrame[] {
    const registers: (number | undefined)[] = [];
    for (const name of unwindRegisters) registers[dwarfRegister[name]] = captured.registers[name];
    const { address, bytes } = captured.stack;
    const unwound = unwind(registers, captured.stack, (code) => this.modules.at(code));
    this.stackEnds.delete(tid);
    if (unwound.complete) this.stackEnds.set(tid, address + unwound.usedBytes);
    else if (unwound.ranOff) this.wantedBytes.set(tid, Math.max(firstBytes, bytes.length * 4));
    captured.stack = { address, bytes: Buffer.from(bytes.subarray(0, unwound.usedBytes)) };
    return nativeFrames(unwound.places, this.evaluationLoop);
  }
}
