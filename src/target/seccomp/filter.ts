/** A system call as a seccomp filter sees it (struct seccomp_data): its number, and arguments, 0 where none is given. */
export interface SystemCall {
  readonly number: number;
  readonly arguments: readonly bigint[];
}

/** What becomes of a system call; of several filters the gravest answer counts. */
export type Verdict = 'allowed' | 'refused' | 'killed';

/** A filter is a program for the classic BPF machine: instructions of 8 bytes, struct sock_filter. */
export type Filter = Buffer;

const instructionBytes = 8;
const memoryWords = 16;
/** The kernel allows no jump backwards, so that a program has no more steps than instructions. */
const mostSteps = 4096;

/** AUDIT_ARCH_* of linux/audit.h, by `process.arch`. */
const architectures: Readonly<Record<string, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** struct seccomp_data (linux/seccomp.h); where the instruction lies is not told: 0. */
function dataOf({ number, arguments: args }: SystemCall, architecture: string): Buffer {
  const data = Buffer.alloc(64);
  data.writeInt32LE(number, 0);
  data.writeUInt32LE(architectures[architecture] ?? 0, 4);
  args.forEach((argument, index) => data.writeBigUInt64LE(BigInt.asUintN(64, argument), 16 + 8 * index));
  return data;
}

/** The operation of BPF_ALU; null: there is none such, or it divides by zero. */
function calculate(operation: number, left: number, right: number): number | null {
  switch (operation) {
    case 0x00:
      return left + right;
    case 0x10:
      return left - right;
    case 0x20:
      return Math.imul(left, right);
    case 0x30:
      return right === 0 ? null : Math.floor(left / right);
    case 0x40:
      return left | right;
    case 0x50:
      return left & right;
    case 0x60:
      return right > 31 ? 0 : left << right;
    case 0x70:
      return right > 31 ? 0 : left >>> right;
    case 0x80:
      return -left;
    case 0xa0:
      return left ^ right;
    default:
      return null;
  }
}

function holds(comparison: number, left: number, right: number): boolean | null {
  switch (comparison) {
    case 0x10:
      return left === right;
    case 0x20:
      return left > right;
    case 0x30:
      return left >= right;
    case 0x40:
      return (left & right) !== 0;
    default:
      return null;
  }
}

/**
 * What the filter returns for the data; null: it is not as the kernel would have accepted it. The instructions that are
 * known are those of seccomp_check_filter(), kernel/seccomp.c.
 */
function run(filter: Filter, data: Buffer): number | null {
  const memory = new Uint32Array(memoryWords);
  let accumulator = 0;
  let index = 0;
  for (let at = 0, step = 0; step < mostSteps; at++, step++) {
    const offset = at * instructionBytes;
    if (offset + instructionBytes > filter.length) return null;
    const code = filter.readUInt16LE(offset);
    const constant = filter.readUInt32LE(offset + 4);
    const operand = (code & 0x08) === 0 ? constant : index;
    switch (code & 0x07) {
      case 0x00:
      case 0x01: {
        const loaded = load(code & 0xf8, constant, data, memory);
        if (loaded === null) return null;
        if ((code & 0x07) === 0) accumulator = loaded;
        else index = loaded;
        break;
      }
      case 0x02:
        memory[constant] = accumulator;
        break;
      case 0x03:
        memory[constant] = index;
        break;
      case 0x04: {
        const result = calculate(code & 0xf0, accumulator, operand);
        if (result === null) return null;
        accumulator = result >>> 0;
        break;
      }
      case 0x05: {
        if (code === 0x05) {
          at += constant;
          break;
        }
        const condition = holds(code & 0xf0, accumulator, operand);
        if (condition === null) return null;
        at += filter.readUInt8(offset + (condition ? 2 : 3));
        break;
      }
      case 0x06:
        return code === 0x16 ? accumulator : constant;
      default:
        if (code === 0x07) index = accumulator;
        else accumulator = index;
    }
  }
  return null;
}

function load(mode: number, constant: number, data: Buffer, memory: Uint32Array): number | null {
  if (mode === 0x20 && constant % 4 === 0 && constant + 4 <= data.length) return data.readUInt32LE(constant);
  if (mode === 0x80) return data.length;
  if (mode === 0x00) return constant;
  return mode === 0x60 ? (memory[constant] ?? null) : null;
}

const actionMask = 0xffff0000;
/** SECCOMP_RET_*: what the call is answered with, and what it is only noted with. The others end the thread. */
const refusing: readonly number[] = [0x00050000, 0x7fc00000, 0x7ff00000];
const allowing: readonly number[] = [0x7ffc0000, 0x7fff0000];

function verdictOf(returned: number | null): Verdict {
  const action = ((returned ?? 0) & actionMask) >>> 0;
  return allowing.includes(action) ? 'allowed' : refusing.includes(action) ? 'refused' : 'killed';
}

/** What filters, of one thread or of several, do to a system call at the worst. A signal (SECCOMP_RET_TRAP) is taken for its end, too. */
export function judge(
  filters: readonly Filter[],
  call: SystemCall,
  architecture: string = process.arch,
): Verdict {
  const data = dataOf(call, architecture);
  const verdicts = filters.map((filter) => verdictOf(run(filter, data)));
  return verdicts.includes('killed') ? 'killed' : verdicts.includes('refused') ? 'refused' : 'allowed';
}
