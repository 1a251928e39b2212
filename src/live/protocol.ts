/** The messages on the pipes between the CLI and the agent's live tier: agent-c/src/live_pipes.h. Pure. */
import { escapedJson } from '../escapedJson.js';

/** `enum live_kind`. */
export const messageKind = { call: 1, cancel: 2, end: 3 } as const;

/** `enum live_status`. */
export const answerStatus = {
  ok: 0,
  noGil: 1,
  deadline: 2,
  cancelled: 3,
  stuck: 4,
  failed: 5,
  finalizing: 6,
} as const;

export interface Request {
  readonly id: number;
  /** One of `messageKind`. */
  readonly kind: number;
  readonly timeoutMs?: number;
  /** What handle() of live.py is given: JSON. */
  readonly payload?: unknown;
}

export interface Answer {
  readonly id: number;
  /** One of `answerStatus`. */
  readonly status: number;
  /** The thread that served it, by its kernel id in the target's pid namespace. */
  readonly tid: number;
  readonly payload: Buffer;
}

const headerBytes = 16;
/** A longer answer is taken for damage. */
const longestAnswer = 1 << 28;

/** JSON of ASCII characters: live.py reads it as an expression of Python, which 2.7 takes for another encoding. */
function asciiJson(value: unknown): string {
  return escapedJson(value, /[\u007f-\uffff]/g);
}

export function encodeRequest({ id, kind, timeoutMs = 0, payload }: Request): Buffer {
  const body = payload === undefined ? '' : asciiJson(payload);
  const message = Buffer.alloc(headerBytes + body.length);
  message.writeUInt32LE(body.length, 0);
  message.writeUInt32LE(id, 4);
  message.writeUInt32LE(kind, 8);
  message.writeUInt32LE(Math.max(0, Math.round(timeoutMs)), 12);
  message.write(body, headerBytes, 'latin1');
  return message;
}

/** Cuts what comes out of the pipe into answers. */
export class AnswerReader {
  private chunks: Buffer[] = [];
  private have = 0;
  private need = headerBytes;

  /**
   * The answers that this piece of the stream completes.
   * @throws Error when the stream is not one of answers
   */
  push(chunk: Buffer): Answer[] {
    this.chunks.push(chunk);
    this.have += chunk.length;
    const answers: Answer[] = [];
    while (this.have >= this.need) {
      // Joined only when something is whole, so that a long answer is not copied for each of its pieces.
      const [first, ...others] = this.chunks;
      const all = first !== undefined && others.length === 0 ? first : Buffer.concat(this.chunks);
      this.chunks = [all];
      const length = all.readUInt32LE(0);
      if (length > longestAnswer) throw new Error(`an answer of ${length} bytes is none`);
      this.need = headerBytes + length;
      if (this.have < this.need) break;
      answers.push({
        id: all.readUInt32LE(4),
        status: all.readUInt32LE(8),
        tid: all.readUInt32LE(12),
        payload: all.subarray(headerBytes, this.need),
      });
      this.chunks = [all.subarray(this.need)];
      this.have -= this.need;
      this.need = headerBytes;
    }
    return answers;
  }
}
