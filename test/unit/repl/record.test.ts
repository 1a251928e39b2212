import { describe, expect, test } from '@jest/globals';
import { errors } from '../../../src/errors.js';
import { replAnswer } from '../../../src/model/replAnswer.js';
import { CommandInterrupted } from '../../../src/repl/interpret.js';
import type { Recorder, RecordingWish } from '../../../src/repl/recorder.js';
import { aProfile } from '../../support/profiles.js';
import { evaluated, fakeInspector, fakeLive, run } from './fakes.js';

const profile = aProfile(['main;cpu+gil;outer;inner:12 8', 'pool;idle;wait:3 8'], {
  warnings: ['It was slow.'],
});

/** Keeps what was wished for. */
function fakeRecorder(): { record: Recorder; wishes: RecordingWish[] } {
  const wishes: RecordingWish[] = [];
  return {
    wishes,
    record: (wish) => {
      wishes.push(wish);
      return Promise.resolve({ profile, recording: wish.file === null ? null : 'app.sleeper' });
    },
  };
}

describe('record', () => {
  test.each<[string, Partial<RecordingWish>]>([
    ['record', {}],
    ['rec 2', { seconds: 2 }],
    ['record .5s', { seconds: 0.5 }],
    ['record 10 50', { seconds: 10, hz: 50 }],
    ['record 10 s 0.2 Hz', { seconds: 10, hz: 0.2 }],
    ['record app.svg', { file: 'app.svg' }],
    ['record 10 app.svg', { seconds: 10, file: 'app.svg' }],
    ['record 10 50 my app.json', { seconds: 10, hz: 50, file: 'my app.json' }],
    ['record 10 2025.svg', { seconds: 10, file: '2025.svg' }],
    ['record 10 50 7', { seconds: 10, hz: 50, file: '7' }],
    ['record 10 s.txt', { seconds: 10, file: 's.txt' }],
    ['record ./5', { file: './5' }],
  ])('%s', async (command, wish) => {
    const { record, wishes } = fakeRecorder();
    expect((await run([command], { record })).end.failed).toBe(false);
    expect(wishes).toEqual([{ seconds: 5, hz: 10, file: null, ...wish }]);
  });

  test.each(['record 0', 'record 90000', 'record 5 0', 'record 5 1001'])('%s is refused', async (command) => {
    const { record, wishes } = fakeRecorder();
    expect((await run([command], { record })).answers[0]).toMatchObject({ error: { code: 'verb-usage' } });
    expect(wishes).toEqual([]);
  });

  test('shows where the time went, no wider than the screen', async () => {
    const { texts } = await run(['record'], fakeRecorder());
    const lines = texts[0]!.split('\n');
    expect(lines[0]).toBe('Process 4242: python3 worker.py --port 8000');
    expect(texts[0]).toContain('Warning: It was slow.');
    expect(texts[0]).toMatch(/100\.0% .* inner \(.*worker\.py:12\)/);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test('says what was written, and the warnings that a file does not show', async () => {
    const { texts } = await run(['record app.svg'], fakeRecorder());
    expect(texts).toEqual([
      'Written to app.svg.\nRecorded in app.sleeper; `sleeper report app.sleeper` shows it again.\nWarning: It was slow.',
    ]);
  });

  test('as JSON it is the profile', async () => {
    const { answers } = await run(['record', 'record app.svg'], fakeRecorder());
    expect(answers[0]).toMatchObject({
      result: {
        kind: 'profile',
        profile: { schemaVersion: 1, functions: [{ function: 'inner' }, { function: 'wait' }, {}] },
        file: null,
        recording: null,
      },
    });
    expect(answers[1]).toMatchObject({ result: { file: 'app.svg', recording: 'app.sleeper' } });
    for (const answer of answers) expect(replAnswer.safeParse(answer).error).toBeUndefined();
  });

  test('needs a process that runs', async () => {
    const { record, wishes } = fakeRecorder();
    const { answers } = await run(['pause', 'record', 'resume', 'record'], { record });
    expect(answers[1]).toMatchObject({ error: { code: 'paused' } });
    expect(wishes).toHaveLength(1);
  });

  test('leaves an open session open', async () => {
    const live = fakeLive(() => evaluated('1'));
    let opened = 0;
    const openLive = () => Promise.resolve((opened++, live));
    let closed: boolean | null = null;
    const record: Recorder = () => {
      closed = live.closed;
      return Promise.resolve({ profile, recording: null });
    };
    await run(['p 1', 'record', 'p 1'], { record, openLive });
    expect({ opened, closed }).toEqual({ opened: 1, closed: false });
  });

  test('that is interrupted before there is anything is no failure of sleeper, and the next command is done', async () => {
    const record: Recorder = () => Promise.reject(new CommandInterrupted());
    const { answers } = await run(['record', 'bt'], { record });
    expect(answers).toMatchObject([{ ok: false, error: { code: 'interrupted' } }, { ok: true }]);
  });

  test('the end of the process is the end of the REPL, and what was recorded until then is shown', async () => {
    const inspector = fakeInspector();
    const record: Recorder = () => {
      inspector.ended = true;
      return Promise.resolve({ profile: aProfile(['main;cpu;work 3'], { end: 'exited' }), recording: null });
    };
    const { texts, end } = await run(['record', 'bt'], { inspector, record });
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('until the process exited');
    expect(end.processOver).toBe(true);
  });

  test('a process that is gone when it is to be recorded has ended', async () => {
    const inspector = fakeInspector();
    const record: Recorder = () => {
      inspector.ended = true;
      return Promise.reject(errors.noSuchProcess(4242));
    };
    const { answers, end } = await run(['record'], { inspector, record });
    expect({ answers, over: end.processOver }).toEqual({ answers: [], over: true });
  });
});
