import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { agentReport, type AgentReport } from '../../src/model/agentReport.js';
import { findPythons } from '../support/pythons.js';

const agent = fileURLToPath(new URL('../../agent-c/', import.meta.url));
const library = `${agent}build/libsleeper-values.so`;

beforeAll(() => {
  execFileSync('make', ['--silent', '-C', agent, 'build/libsleeper-values.so'], { stdio: 'inherit' });
});

const warned = (answer: AgentReport, what: string): boolean =>
  answer.warnings.some(({ where, message }) => where === 'arena' && message.includes(`: ${what} `));

/** What an answer lacks, compared with the whole one, and does not say that it lacks. */
function unsaid(answer: AgentReport, whole: AgentReport): string[] {
  const found: string[] = [];
  for (const section of ['interpreters', 'threads', 'sockets'] as const)
    if (answer[section].length < whole[section].length && !warned(answer, section)) found.push(section);
  // Only modules that have a frame in the answer are in it.
  const allFrames =
    answer.threads.length === whole.threads.length &&
    answer.threads.every(({ framesTruncated }) => framesTruncated === undefined);
  const fewer = (answer.modules?.length ?? 0) < (whole.modules?.length ?? 0);
  if (allFrames && fewer && !warned(answer, 'module globals')) found.push('modules');
  for (const thread of answer.threads) {
    const frames = whole.threads.find(({ address }) => address === thread.address)?.frames ?? [];
    if (thread.frames.length < frames.length && thread.framesTruncated?.shown !== thread.frames.length)
      found.push(`frames of ${String(thread.name)}`);
    thread.frames.forEach((frame, index) => {
      const full = frames[index];
      if ('error' in frame || full === undefined || 'error' in full) return;
      const [shown, total] = [frame.variables?.length ?? 0, full.variables?.length ?? 0];
      if (shown < total && frame.variablesTruncated?.shown !== shown)
        found.push(`variables of ${frame.function}`);
    });
  }
  return found;
}

test.each(findPythons())(
  'however small the arena, the agent’s answer in $label is of the schema and says what it lacks',
  (python) => {
    const script = `${agent}test/values/arena_sizes.py`;
    const lines = execFileSync(python.executable, ['-B', script, library], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
      .trim()
      .split('\n');
    const answers = lines.map((line) => agentReport.parse(JSON.parse(line)));
    const whole = answers[0];
    if (whole === undefined) throw new Error('there is no answer');
    expect(whole.warnings).toEqual([]);
    expect(whole.threads.length).toBe(5);
    expect(answers.flatMap((answer) => unsaid(answer, whole))).toEqual([]);
    const smallest = answers.at(-1);
    expect([smallest?.threads, smallest?.sockets, smallest?.modules]).toEqual([[], [], []]);
  },
);
