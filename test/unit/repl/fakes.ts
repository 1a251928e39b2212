import type { LiveAnswer, LiveTarget, Evaluated, Question } from '../../../src/live/liveTarget.js';
import type { ReplAnswer } from '../../../src/model/replAnswer.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { ReplContext, type Ports } from '../../../src/repl/context.js';
import type { Inspector } from '../../../src/repl/inspector.js';
import { givenCommands, type LineSource } from '../../../src/repl/lineSource.js';
import { repl, type Printer, type ReplEnd } from '../../../src/repl/repl.js';
import { verbs } from '../../../src/repl/verbs.js';
import { aProfile } from '../../support/profiles.js';
import { aFrame, aSnapshot, aThread, aVariable } from '../../support/snapshots.js';

const sourceFile = [
  'def work(order):',
  '    total = order.total',
  '    pay(order)',
  '',
  'def main():',
  '    work(first)',
];

/** A worker that waits, and a main thread two frames deep. */
export const worker: Snapshot = aSnapshot({
  threads: [
    aThread(4242, 'MainThread', {
      python: {
        frames: [
          aFrame({
            line: 3,
            variables: [
              aVariable('order', '<Order 7>', { kind: 'argument' }),
              aVariable('total', '12.5', { type: 'float' }),
            ],
          }),
          aFrame({ function: 'main', line: 6, variables: [aVariable('first', '<Order 7>')] }),
        ],
      },
    }),
    aThread(4243, 'mailer 1', { gil: 'holds', python: { frames: [aFrame({ function: 'send', line: 1 })] } }),
    aThread(4244, 'mailer 2', { python: { frames: [] } }),
  ],
});

export interface FakeInspector extends Inspector {
  readonly calls: string[];
  snapshot: Snapshot;
  ended: boolean;
}

export function fakeInspector(snapshot: Snapshot = worker): FakeInspector {
  const calls: string[] = [];
  let paused = false;
  const fake: FakeInspector = {
    calls,
    snapshot,
    ended: false,
    get paused() {
      return paused;
    },
    refresh: ({ globals }) => {
      calls.push(globals ? 'refresh with globals' : 'refresh');
      const modules = [{ name: '__main__', globals: [{ ...aVariable('limit', '3'), kind: undefined }] }];
      return Promise.resolve(
        globals ? { ...fake.snapshot, modules: JSON.parse(JSON.stringify(modules)) as never } : fake.snapshot,
      );
    },
    pause: () => {
      calls.push('pause');
      paused = true;
      return Promise.resolve({ ...fake.snapshot, modules: [] });
    },
    resume: () => {
      calls.push('resume');
      paused = false;
      return Promise.resolve();
    },
    gdb: (command) => {
      calls.push(`gdb ${command}`);
      return Promise.resolve('\u001b[31mred\u001b[m and \u001b]0;title\u0007\n');
    },
    fds: () => ({ schemaVersion: 1, pid: 4242, command: 'python3', fds: [], warnings: [] }),
    nativeFunctions: () => Promise.resolve(['usleep', 'ffi_call']),
    alive: () => !fake.ended,
    letGo: () => {
      calls.push('let go');
      paused = false;
      return Promise.resolve();
    },
  };
  return fake;
}

export function evaluated(text: string, more: Partial<Evaluated> = {}): LiveAnswer<Evaluated> {
  const value = {
    value: { text, type: 'int', how: 'repr' as const },
    exception: null,
    line: 3,
    moved: false,
    ...more,
  };
  return { kind: 'answer', value };
}

export interface FakeLive extends LiveTarget {
  readonly asked: Question[];
  closed: boolean;
}

/** A session that answers with what `answer` says. */
export function fakeLive(
  answer: (
    question: Question,
    signal?: AbortSignal,
  ) => LiveAnswer<Evaluated> | Promise<LiveAnswer<Evaluated>>,
): FakeLive {
  const asked: Question[] = [];
  const live: FakeLive = {
    asked,
    closed: false,
    evaluate: (question, signal) => {
      asked.push(question);
      return Promise.resolve(answer(question, signal));
    },
    describe: () =>
      Promise.resolve({
        kind: 'answer',
        value: {
          type: 'Order',
          module: 'shop',
          where: 'shop.py:3',
          signature: '(number)',
          doc: 'One order.',
        },
      }),
    complete: (_frame, dotted) =>
      Promise.resolve({
        kind: 'answer',
        value: dotted === 'order' ? ['total', 'tax', '_id'] : ['len', 'limit'],
      }),
    variables: () => Promise.resolve({ kind: 'noGil' }),
    close: () => {
      live.closed = true;
      return Promise.resolve();
    },
  };
  return live;
}

export function fakePorts(more: Partial<Ports> = {}): Ports {
  return {
    pid: 4242,
    inspector: fakeInspector(),
    openLive: () => Promise.resolve(fakeLive(() => evaluated('42'))),
    record: () => Promise.resolve({ profile: aProfile(['main;cpu;outer;inner 5']), recording: null }),
    sourceOf: () => (_file, line) => {
      const text = sourceFile[line - 1];
      return text === undefined ? null : { kind: 'text', text };
    },
    writeFile: () => undefined,
    now: () => Date.parse(worker.takenAt),
    sleep: () => Promise.resolve(),
    evaluationMs: 10_000,
    confirm: null,
    yes: false,
    ...more,
  };
}

export interface Session {
  readonly answers: ReplAnswer[];
  /** What a person sees of each command. */
  readonly texts: string[];
  readonly end: ReplEnd;
}

/** Does the commands with these ports, as -c does, or from another source. */
export async function run(
  commands: readonly string[] | LineSource,
  ports: Partial<Ports> = {},
  signal = new AbortController().signal,
): Promise<Session> {
  const answers: ReplAnswer[] = [];
  const texts: string[] = [];
  const printer: Printer = {
    show: (lines) => void texts.push(lines({ colour: false, width: 80 }).join('\n')),
    answer: (answer, interpreted) => {
      answers.push(answer);
      if (interpreted.kind === 'done') {
        const { lines, notes = [] } = interpreted.outcome;
        texts.push([...lines({ colour: false, width: 80 }), ...notes].join('\n'));
      } else texts.push(interpreted.error.message);
      return Promise.resolve();
    },
  };
  const source = 'next' in commands ? commands : givenCommands(commands);
  const end = await repl(new ReplContext(fakePorts(ports)), { verbs, source, printer, signal });
  return { answers, texts, end };
}
