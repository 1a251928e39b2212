import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SleeperError } from '../../../src/errors.js';
import type { Profile } from '../../../src/profile/profile.js';
import type { RecordingHead, RecordingLine, RecordingTail } from '../../../src/profile/recordingFile.js';
import { readRecording } from '../../../src/profile/readRecording.js';
import { createRecordingFile } from '../../../src/profile/recordingSink.js';
import { aRecordingMeta, hostileNames, pseudoRandom } from '../../support/profiles.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-recording-'));
afterAll(() => rmSync(directory, { recursive: true }));

const { process, python, startedAt } = aRecordingMeta();
const head: RecordingHead = {
  ...{ format: 'sleeper recording', formatVersion: 1, sleeperVersion: '0.1.0' },
  ...{ process, python, startedAt, wantedHz: 50 },
};
const tail: RecordingTail = { end: 'duration', missed: 0, dropped: 0, warnings: [] };

const names = [...hostileNames, '\u2028 and \u2029 and \x85', '\r', '\n', '"]', '\ufeff'];
const lines: RecordingLine[] = [
  ...names.flatMap((name, i): RecordingLine[] => [
    ['frame', name, name, i],
    ['node', i - 1, i],
    ['thread', 4242, 4242 + i],
    ['name', i, name],
  ]),
  ['sample', 0, 100, names.map((_, i) => [i, i, 'C']), []],
  ['sample', 20.125, 100, [], []],
  ['sample', 40, 100, [[0, -1, 'g']], [1, 2]],
];

let files = 0;
function newPath(): string {
  return join(directory, `${++files}.sleeper`);
}

function written(content: string | Uint8Array): string {
  const path = newPath();
  writeFileSync(path, content);
  return path;
}

const whole = ((): Buffer => {
  const sink = createRecordingFile(newPath());
  for (const line of [head, ...lines, tail]) {
    sink.add(line);
    sink.flush();
  }
  sink.close();
  return readFileSync(sink.path);
})();

/** A profile, or the code of a failure that a person can act on; anything else is thrown on. */
async function readOrRefused(content: Uint8Array): Promise<Profile | string> {
  try {
    return await readRecording(written(content));
  } catch (error) {
    if (error instanceof SleeperError) return error.code;
    throw error;
  }
}

test('what was written is read, whatever the names are', async () => {
  const profile = await readRecording(written(whole));
  // Half a character cannot be written in UTF-8.
  const wellFormed = names.map((name) => name.replace(/\p{Cs}/gu, '\ufffd'));
  expect(profile.frames.map((frame) => frame.function.replace(/\p{Cs}/gu, '\ufffd'))).toEqual(wellFormed);
  expect(profile.threads.map(({ name }) => name?.replace(/\p{Cs}/gu, '\ufffd'))).toEqual(wellFormed);
  expect(profile.meta).toMatchObject({ samples: 3, end: 'duration', warnings: [], wallSeconds: 0.04 });
});

test('only its owner can read the file, and none is overwritten', () => {
  const path = newPath();
  createRecordingFile(path).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(() => createRecordingFile(path)).toThrow(expect.objectContaining({ code: 'recording-unwritable' }));
});

test('each beginning of a file is read as far as it goes', async () => {
  const lineEnds: number[] = [];
  whole.forEach((byte, at) => {
    if (byte === 0x0a) lineEnds.push(at + 1);
  });
  let samples = -1;
  for (const end of lineEnds) {
    // Also without the end of the line, and cut off within it.
    for (const cut of [end, end - 1, end - 2]) {
      const read = await readOrRefused(whole.subarray(0, cut));
      if (cut < lineEnds[0]! - 1) {
        expect(read).toBe('not-a-recording');
        continue;
      }
      const { meta } = read as Profile;
      expect(meta.end).toBe(cut >= whole.length - 1 ? 'duration' : null);
      if (cut === end) {
        expect(meta.samples).toBeGreaterThanOrEqual(samples);
        samples = meta.samples;
      }
    }
  }
  expect(samples).toBe(3);
  expect(await readOrRefused(Buffer.alloc(0))).toBe('not-a-recording');
});

test('a byte that is another one: a profile or a failure, never anything else', async () => {
  const random = pseudoRandom(3);
  const outcomes = new Set<string>();
  for (let round = 0; round < 600; round++) {
    const content = Buffer.from(whole);
    const at = Math.floor(random.next().value * content.length);
    content[at] = content[at]! ^ (1 << Math.floor(random.next().value * 8));
    const read = await readOrRefused(content);
    outcomes.add(typeof read === 'string' ? read : 'profile');
  }
  expect([...outcomes].sort()).toEqual(['not-a-recording', 'profile', 'recording-corrupt']);
});

test('a line that is missing or doubled: a profile or a failure', async () => {
  const all = whole.toString().split('\n').slice(0, -1);
  for (let i = 0; i < all.length; i++) {
    for (const other of [[], [all[i]!, all[i]!]]) {
      await readOrRefused(Buffer.from([...all.slice(0, i), ...other, ...all.slice(i + 1), ''].join('\n')));
    }
  }
});

test.each([
  ['no JSON', 'hello'],
  ['JSON, but of another kind', '{"format":"other"}'],
  ['an array', '[]'],
  ['a later format', JSON.stringify({ ...head, formatVersion: 2 })],
  ['bytes', Buffer.from([0x1f, 0x8b, 0, 0xff])],
])('%s is not a recording', async (_, content) => {
  expect(await readOrRefused(Buffer.from(content))).toBe('not-a-recording');
});

test('a failure names the line, and what to do', async () => {
  const broken = `${JSON.stringify(head)}\n["frame","f","f.py",1]\n["frame","f"]\n["thread",1,1]\n`;
  await expect(readRecording(written(broken))).rejects.toMatchObject({
    code: 'recording-corrupt',
    message: expect.stringContaining('Line 3 '),
    hint: expect.stringContaining('head -n 2 '),
  });
});

test('what cannot be read is named', async () => {
  const missing = join(directory, 'missing.sleeper');
  await expect(readRecording(missing)).rejects.toMatchObject({
    code: 'recording-unreadable',
    message: expect.stringContaining('there is no such file'),
  });
  await expect(readRecording(directory)).rejects.toMatchObject({ code: 'recording-unreadable' });
});
