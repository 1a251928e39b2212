import type { z } from 'zod';
import { described, envelope, evaluated, frameVariables, names } from './answers.js';
import { ConnectionOver, LiveConnection } from './liveConnection.js';
import type { FrameReference, LiveAnswer, LiveTarget, Question, VariablesRequest } from './liveTarget.js';
import { answerStatus, type Answer } from './protocol.js';

const defaultTimeoutMs = 5_000;
const defaultMaxLength = 10_000;
/** Completion is asked for while a person types. */
const completionMs = 1_000;
/** How often the variables are gone on with on another thread, after one's repr() was stuck: the agent allows as many. */
const mostStuck = 4;

const finalizing = 'its interpreter is ending';

/** What an answer without a value means; `null`: it has one. */
function failure(answer: Answer, signal: AbortSignal | undefined): LiveAnswer<never> | null {
  const by = signal?.aborted === true ? 'signal' : 'deadline';
  switch (answer.status) {
    case answerStatus.ok:
      return null;
    case answerStatus.noGil:
      return { kind: 'noGil' };
    case answerStatus.deadline:
      return { kind: 'interrupted', by: 'deadline' };
    case answerStatus.cancelled:
      return { kind: 'interrupted', by: 'signal' };
    case answerStatus.stuck:
      return { kind: 'stuck', tid: answer.tid, by };
    case answerStatus.finalizing:
      return { kind: 'over', reason: finalizing };
    default:
      return { kind: 'over', reason: answer.payload.toString('utf8') };
  }
}

function parse<T>(answer: Answer, schema: z.ZodType<T>): LiveAnswer<T> {
  const outer = envelope.parse(JSON.parse(answer.payload.toString('utf8')));
  return outer.kind === 'gone' ? outer : { kind: 'answer', value: schema.parse(outer.value) };
}

/**
 * A session that the agent has begun in `pid`, by its own descriptors: `live_request_fd` and `live_answer_fd` of the
 * control block.
 * @throws what `open` throws, when the target is gone or this user has no right to it
 */
export function openLiveTarget(pid: number, requestFd: number, answerFd: number): LiveTarget {
  const connection = LiveConnection.open(pid, requestFd, answerFd);

  async function ask<T>(
    payload: unknown,
    schema: z.ZodType<T>,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<LiveAnswer<T>> {
    try {
      const answer = await connection.call(payload, timeoutMs, signal);
      return failure(answer, signal) ?? parse(answer, schema);
    } catch (error) {
      if (error instanceof ConnectionOver) return { kind: 'over', reason: error.message };
      throw error;
    }
  }

  const question = (op: string, asked: Question): Record<string, unknown> => ({
    op,
    frame: asked.frame,
    source: asked.source,
    mode: asked.mode,
    pretty: asked.pretty ?? false,
    maxLength: asked.maxLength ?? defaultMaxLength,
  });

  return {
    evaluate: (asked: Question, signal) =>
      ask(question('evaluate', asked), evaluated, asked.timeoutMs ?? defaultTimeoutMs, signal),
    describe: (asked: Question, signal) =>
      ask(question('describe', asked), described, asked.timeoutMs ?? defaultTimeoutMs, signal),
    complete: (frame: FrameReference | null, dotted: string, signal) =>
      ask({ op: 'complete', frame, dotted }, names, completionMs, signal),
    variables: async (asked: VariablesRequest, signal) => {
      // The budgets are kept in Python; this deadline is for what Python cannot end by itself.
      const timeoutMs = asked.totalMs + defaultTimeoutMs;
      let answer = await ask({ op: 'variables', ...asked }, frameVariables, timeoutMs, signal);
      for (let stuck = 1; answer.kind === 'stuck' && answer.by === 'deadline' && stuck <= mostStuck; stuck++)
        answer = await ask({ op: 'continue' }, frameVariables, timeoutMs, signal);
      return answer;
    },
    close: () => connection.close(),
  };
}
