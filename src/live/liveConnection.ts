import { constants, openSync, closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { answerStatus, AnswerReader, encodeRequest, messageKind, type Answer } from './protocol.js';

/** The session is over: nothing will be answered any more. */
export class ConnectionOver extends Error {
  override readonly name = 'ConnectionOver';
}

/**
 * How much longer than the target's own deadline an answer is waited for: the target first tries to interrupt what
 * runs, and may be short of CPU. Beyond that it is stopped.
 */
const graceMs = 8_000;

const overReason = 'the process has ended, replaced its program, or closed the pipes of the session';
const silentReason = 'the process does not answer: it may have been stopped';

interface Waiting {
  readonly id: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: ConnectionOver) => void;
}

/** One session: the two pipes to the agent's service thread. One call at a time; others wait for their turn. */
export class LiveConnection {
  private readonly reader = new AnswerReader();
  private readonly requests: Socket;
  private readonly answers: Socket;
  private waiting: Waiting | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private nextId = 1;
  private reason: string | undefined;

  private constructor(requestFd: number, answerFd: number) {
    this.requests = new Socket({ fd: requestFd, readable: false, writable: true });
    this.answers = new Socket({ fd: answerFd, readable: true, writable: false });
    this.answers.on('data', (chunk: Buffer) => this.receive(chunk));
    for (const socket of [this.requests, this.answers]) {
      socket.on('error', () => this.end(overReason));
      socket.on('close', () => this.end(overReason));
    }
    this.answers.on('end', () => this.end(overReason));
  }

  /**
   * Opens the target's own ends of the pipes.
   * @throws what `open` throws, when the target is gone or this user has no right to it
   */
  static open(pid: number, requestFd: number, answerFd: number): LiveConnection {
    // Non-blocking, so that not even opening waits for the other side.
    const path = (fd: number): string => `/proc/${pid}/fd/${fd}`;
    const request = openSync(path(requestFd), constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      return new LiveConnection(request, openSync(path(answerFd), constants.O_RDONLY | constants.O_NONBLOCK));
    } catch (error) {
      closeSync(request);
      throw error;
    }
  }

  /**
   * Asks and waits for the answer. An aborted signal makes the target interrupt what it does; the answer then says so.
   * @throws ConnectionOver
   */
  call(payload: unknown, timeoutMs: number, signal?: AbortSignal): Promise<Answer> {
    const answer = this.turn.then(() => this.ask(payload, timeoutMs, signal));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  /** Tells the target that the session is over, and closes the pipes. */
  async close(): Promise<void> {
    if (this.reason !== undefined) return;
    await new Promise<void>((resolve) => {
      const message = encodeRequest({ id: 0, kind: messageKind.end });
      // A target that reads nothing must not keep us: closing the pipe tells it the same.
      const timer = setTimeout(resolve, 100);
      this.requests.write(message, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.end('the session was closed');
  }

  private async ask(payload: unknown, timeoutMs: number, signal: AbortSignal | undefined): Promise<Answer> {
    if (this.reason !== undefined) throw new ConnectionOver(this.reason);
    const id = this.nextId++;
    if (signal?.aborted === true)
      return { id, status: answerStatus.cancelled, tid: 0, payload: Buffer.alloc(0) };
    const answer = new Promise<Answer>((resolve, reject) => {
      this.waiting = { id, resolve, reject };
    });
    const cancel = (): void => {
      this.requests.write(encodeRequest({ id, kind: messageKind.cancel }));
    };
    const timer = setTimeout(() => this.end(silentReason), timeoutMs + graceMs);
    signal?.addEventListener('abort', cancel);
    this.requests.write(encodeRequest({ id, kind: messageKind.call, timeoutMs, payload }));
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }

  private receive(chunk: Buffer): void {
    try {
      for (const answer of this.reader.push(chunk)) {
        if (answer.id !== this.waiting?.id) continue;
        const { resolve } = this.waiting;
        this.waiting = undefined;
        resolve(answer);
      }
    } catch {
      this.end('what came out of the pipe is not an answer');
    }
  }

  private end(reason: string): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.waiting?.reject(new ConnectionOver(reason));
    this.waiting = undefined;
    this.requests.destroy();
    this.answers.destroy();
  }
}
