import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findHolders, type Holders, type ScanLimits } from '../../../src/target/fds/holders.js';

const pid = 500;
const pipe = 'pipe:[77]';
const PF_KTHREAD = 0x200000;
let procRoot: string;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});

afterEach(() => {
  rmSync(procRoot, { recursive: true });
});

interface Fake {
  parent?: number;
  group?: number;
  session?: number;
  flags?: number;
  /** What its descriptor 3 points to. */
  file?: string;
}

function writeProcess(
  id: number,
  { parent = 1, group = id, session = id, flags = 0, file }: Fake = {},
): void {
  const directory = join(procRoot, String(id));
  mkdirSync(join(directory, 'fd'), { recursive: true });
  const ids = [parent, group, session].join(' ');
  writeFileSync(
    join(directory, 'stat'),
    `${String(id)} (app) S ${ids} 0 -1 ${String(flags)}${' 0'.repeat(43)}\n`,
  );
  writeFileSync(join(directory, 'comm'), 'app\n');
  if (file !== undefined) symlinkSync(file, join(directory, 'fd/3'));
}

/** Others than the process itself that have the pipe open. */
const others = (holders: Holders): number[] =>
  (holders.get(pipe) ?? []).map((holder) => holder.pid).filter((id) => id !== pid);

function find(limits?: ScanLimits, likely: number[] = []) {
  return findHolders(
    { pid, procRoot, directory: join(procRoot, String(pid)) },
    { links: new Set([pipe]), likely, isMissing: (holders) => others(holders).length === 0 },
    limits,
  );
}

/** Never enough as long as the other end is missing; and enough at once when it is there. */
const patient: ScanLimits = { orderMs: 60_000, enoughMs: -1, ms: 60_000 };

test.each<[string, Fake, number[]]>([
  ['its parent', {}, []],
  ['likely', {}, [300]],
  ['of its process group', { group: 40, session: 41 }, []],
  ['of its session', { session: 41 }, []],
])('one that is %s is looked at before all others', (what, fake, likely) => {
  writeProcess(pid, { group: 40, session: 41, parent: what === 'its parent' ? 300 : 1, file: pipe });
  for (let id = 200; id < 400; id++) writeProcess(id);
  writeProcess(300, { ...fake, file: pipe });
  const { holders, incomplete } = find(patient, likely);
  expect(others(holders)).toEqual([300]);
  expect(incomplete).toEqual({ scanned: 2, total: 201, denied: 0 });
});

test('an unlikely one is found too, as long as it is missing', () => {
  writeProcess(pid, { file: pipe });
  for (let id = 200; id < 400; id++) writeProcess(id);
  writeProcess(200, { file: pipe });
  const { holders, incomplete } = find(patient);
  expect(others(holders)).toEqual([200]);
  expect(incomplete).toBeNull();
});

test('the end of the time is told', () => {
  writeProcess(pid, { file: pipe });
  writeProcess(200);
  expect(find({ orderMs: 0, enoughMs: -1, ms: -1 }).incomplete).toEqual({ scanned: 0, total: 2, denied: 0 });
});

test('threads of the kernel are not counted: they have no files', () => {
  writeProcess(pid, { file: pipe });
  writeProcess(2, { flags: PF_KTHREAD, file: pipe });
  const { holders, incomplete } = find();
  expect(others(holders)).toEqual([]);
  expect(incomplete).toBeNull();
});

test.each([
  ['postgres: shop orders 10.0.0.3(47110) UPDATE waiting\0\0\0\0', 'app'],
  ['app: worker process\0\0\0', 'app: worker process'],
  ['app: \0-x\0', 'app'],
])('what it is called: %j', (commandLine, command) => {
  writeProcess(pid, { file: pipe });
  writeProcess(600, { file: pipe });
  writeFileSync(join(procRoot, '600', 'cmdline'), commandLine);
  expect(find(patient).holders.get(pipe)).toContainEqual(expect.objectContaining({ pid: 600, command }));
});

test('who has a named pipe open by O_PATH has no end of it', () => {
  const fifo = join(procRoot, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const O_PATH = 0o10000000;
  const [path, both] = [openSync(fifo, O_PATH), openSync(fifo, constants.O_RDWR)];
  try {
    const own = { pid: process.pid, procRoot: '/proc', directory: `/proc/${process.pid}` };
    const { holders } = findHolders(own, { links: new Set([fifo]), likely: [], isMissing: () => false });
    expect(holders.get(fifo)?.map(({ fd, access }) => ({ fd, access }))).toEqual([
      { fd: both, access: 'both' },
    ]);
  } finally {
    closeSync(path);
    closeSync(both);
  }
});
