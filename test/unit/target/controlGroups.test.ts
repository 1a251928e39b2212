import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { containerId, containersOf, isInUnit, unitName } from '../../../src/target/controlGroups.js';

let procRoot: string;
beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});
afterEach(() => rmSync(procRoot, { recursive: true }));

function inGroups(...lines: string[]): void {
  mkdirSync(join(procRoot, '1234'));
  writeFileSync(join(procRoot, '1234/cgroup'), `${lines.join('\n')}\n`);
}

const id = '4f2a91c07be3'.padEnd(64, '0123456789abcdef');
const pod = 'pod2b0e2f4c-9d1f-4f6e-8a55-0f6a1c3d5e7f';

describe('a unit', () => {
  test.each([
    ['gunicorn', 'gunicorn.service'],
    ['gunicorn.service', 'gunicorn.service'],
    ['app@1', 'app@1.service'],
    ['api.example.com', 'api.example.com.service'],
    ['user-1000.slice', 'user-1000.slice'],
    ['session-2.scope', 'session-2.scope'],
  ])('%s is %s', (name, full) => {
    expect(unitName(name)).toBe(full);
  });

  test.each([
    ['gunicorn.service', '0::/system.slice/gunicorn.service'],
    ['gunicorn.service', '0::/system.slice/gunicorn.service/workers/3'],
    ['app@1.service', '0::/system.slice/system-app.slice/app@1.service'],
    ['app.service', '0::/user.slice/user-1000.slice/user@1000.service/app.slice/app.service'],
    ['user-1000.slice', '0::/user.slice/user-1000.slice/session-2.scope'],
    ['app\\x2dmail.service', '0::/system.slice/app\\x2dmail.service'],
    ['app-mail.service', '0::/system.slice/app\\x2dmail.service'],
    ['cpu.service', '0::/system.slice/_cpu.service'],
    ['a:b.service', '0::/system.slice/a:b.service'],
  ])('%s is in %s', (unit, line) => {
    inGroups(line);
    expect(isInUnit(1234, unit, procRoot)).toBe(true);
  });

  test('of version 1 is in one of the hierarchies', () => {
    inGroups('4:memory:/', '1:name=systemd:/system.slice/gunicorn.service', '0::/');
    expect(isInUnit(1234, 'gunicorn.service', procRoot)).toBe(true);
  });

  test.each([
    '0::/system.slice/gunicorn.service.d',
    '0::/',
    '0::/system.slice/my-gunicorn.service',
    'junk',
    '',
  ])('is not in %j', (line) => {
    inGroups(line);
    expect(isInUnit(1234, 'gunicorn.service', procRoot)).toBe(false);
  });

  test('is not that of a process that has ended', () => {
    expect(isInUnit(1, 'gunicorn.service', procRoot)).toBe(false);
  });
});

describe('a container', () => {
  test.each([
    ['docker with systemd', `0::/system.slice/docker-${id}.scope`],
    ['docker without', `4:memory:/docker/${id}`],
    [
      'podman of a user',
      `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope/container`,
    ],
    ['podman without systemd', `4:memory:/libpod_parent/libpod-${id}`],
    [
      'containerd in Kubernetes',
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-${pod}.slice/cri-containerd-${id}.scope`,
    ],
    ['CRI-O', `0::/kubepods.slice/kubepods-${pod}.slice/crio-${id}.scope`],
    ['Kubernetes without systemd', `11:pids:/kubepods/besteffort/${pod}/${id}`],
    [
      'containerd with a mixed-up driver',
      `0::/system.slice/containerd.service/kubepods-${pod}.slice:cri-containerd:${id}`,
    ],
    ['nerdctl', `0::/system.slice/nerdctl-${id}.scope`],
  ])('of %s', (_runtime, line) => {
    inGroups('12:devices:/', line);
    expect(containersOf(1234, procRoot)).toEqual([id]);
  });

  test('within another one is in both', () => {
    const outer = 'ab'.repeat(32);
    inGroups(`0::/docker/${outer}/docker/${id}`);
    expect(containersOf(1234, procRoot)).toEqual([outer, id]);
  });

  test.each([
    `0::/machine.slice/libpod-conmon-${id}.scope`,
    `0::/kubepods/${pod}`,
    '0::/system.slice/docker.service',
    `0::/docker/${id}0`,
    `0::/docker/x${id}`,
  ])('is none in %s', (line) => {
    inGroups(line);
    expect(containersOf(1234, procRoot)).toEqual([]);
  });

  test('has its id behind the name of its runtime', () => {
    expect(containerId(`containerd://${id}`)).toBe(id);
    expect(containerId('cri-o://4F2A')).toBe('4f2a');
    expect(containerId('web-1')).toBe('web-1');
  });
});
