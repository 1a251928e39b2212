import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readMemoryLimit } from '../../../src/target/memoryLimit.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sleeper-memory-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const MiB = 1024 ** 2;

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), `${text}\n`);
  }
}

function unified(group: string, mountRoot = '/'): void {
  write({
    'proc/1234/cgroup': `0::${group}`,
    'proc/self/mountinfo': `30 24 0:26 ${mountRoot} ${root}/sys rw,nosuid - cgroup2 cgroup2 rw,nsdelegate`,
  });
}

const limit = (): unknown => readMemoryLimit(1234, `${root}/proc`);

test('version 2: what is cached of files counts as free', () => {
  unified('/app.service');
  write({
    'sys/app.service/memory.max': String(100 * MiB),
    'sys/app.service/memory.current': String(99 * MiB),
    'sys/app.service/memory.stat': `anon 1000\ninactive_file ${20 * MiB}\nactive_file ${MiB}\nshmem ${30 * MiB}`,
  });
  expect(limit()).toEqual({ limit: 100 * MiB, left: 22 * MiB });
});

test('version 2: a group around it may be nearer to its limit', () => {
  unified('/pod/app');
  write({
    'sys/pod/memory.max': String(64 * MiB),
    'sys/pod/memory.current': String(62 * MiB),
    'sys/pod/app/memory.max': String(32 * MiB),
    'sys/pod/app/memory.current': String(8 * MiB),
  });
  expect(limit()).toEqual({ limit: 64 * MiB, left: 2 * MiB });
});

test('version 2: in a container, whose root is a group', () => {
  unified('/docker/4f2a/worker', '/docker/4f2a');
  write({ 'sys/worker/memory.max': String(8 * MiB), 'sys/worker/memory.current': String(9 * MiB) });
  expect(limit()).toEqual({ limit: 8 * MiB, left: 0 });
});

test('version 1: the files of the whole group', () => {
  write({
    'proc/1234/cgroup': '5:cpu,cpuacct:/else\n4:memory:/app',
    'proc/self/mountinfo': `31 24 0:27 / ${root}/cpu rw - cgroup cgroup rw,cpu,cpuacct\n32 24 0:28 / ${root}/memory rw - cgroup cgroup rw,memory`,
    'memory/app/memory.limit_in_bytes': String(50 * MiB),
    'memory/app/memory.usage_in_bytes': String(49 * MiB),
    'memory/app/memory.stat': `inactive_file ${MiB}\ntotal_inactive_file ${2 * MiB}\ntotal_active_file ${3 * MiB}`,
  });
  expect(limit()).toEqual({ limit: 50 * MiB, left: 6 * MiB });
});

test.each([
  ['version 2', '0::/app', 'sys/app/memory.max', 'max', 'sys/app/memory.current'],
  [
    'version 1',
    '4:memory:/app',
    'sys/app/memory.limit_in_bytes',
    '9223372036854771712',
    'sys/app/memory.usage_in_bytes',
  ],
])('%s: no limit is none', (_, group, file, text, usage) => {
  unified('/app');
  write({ 'proc/1234/cgroup': group, [file]: text, [usage]: '1000' });
  expect(limit()).toBeNull();
});

test('what cannot be read is no limit', () => {
  unified('/app');
  expect(limit()).toBeNull();
});
