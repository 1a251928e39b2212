import { describe, expect, test } from '@jest/globals';
import { machineChecks, type MachineFacts } from '../../../src/doctor/machineChecks.js';
import { errors, exitCodes } from '../../../src/errors.js';
import type { DoctorCheck } from '../../../src/model/doctor.js';
import { parseStatus } from '../../../src/target/status.js';
import type { Surroundings } from '../../../src/target/surroundings.js';

const everything = 0x1ffffffffffn;
/** What Docker gives to root by default. */
const docker = 0xa80425fbn;

const alice: Surroundings = {
  self: { ...parseStatus(''), uids: [1000, 1000, 1000, 1000] },
  ...{
    ptraceScope: null,
    confinement: null,
    nestedUserNamespace: false,
    nestedPidNamespace: false,
    amx: false,
  },
};
const root: Surroundings = {
  ...alice,
  self: { ...parseStatus(''), uids: [0, 0, 0, 0], effective: everything },
};

const facts: MachineFacts = {
  ...{ system: 'Linux 6.1.0', architecture: 'x86-64', node: '20.20.2', canInject: true, user: 'root' },
  agent: { path: '/opt/libsleeper.so', architecture: 'x86-64', exists: true },
  gdb: { path: '/usr/bin/gdb', version: '13.1', major: 13 },
  practice: 6.25,
  surroundings: root,
};

/** The checks that are not "ok", as "status subject", and of problems the code. */
const findings = (changed: Partial<MachineFacts>): string[] =>
  machineChecks({ ...facts, ...changed })
    .filter(({ status }) => status !== 'ok')
    .map(({ status, subject, code }) => `${status} ${code ?? subject}`);

const check = (subject: string, changed: Partial<MachineFacts>): DoctorCheck | undefined =>
  machineChecks({ ...facts, ...changed }).find((each) => each.subject === subject);

test('a machine on which nothing is in the way', () => {
  expect(findings({})).toEqual([]);
  expect(check('tracing', {})?.message).toContain('6.3 ms');
});

describe('what is in the way', () => {
  test.each<[string, Partial<MachineFacts>, string[]]>([
    ['no gdb', { gdb: errors.gdbMissing('gdb'), practice: null }, ['problem gdb-missing']],
    ['a gdb that may not trace', { practice: errors.attachDenied(7, 'ptrace') }, ['problem attach-denied']],
    ['no agent', { agent: { path: '/x', architecture: null, exists: false } }, ['problem agent-not-built']],
    [
      'an agent for another machine',
      { agent: { path: '/x', architecture: 'aarch64', exists: true } },
      ['problem agent-architecture'],
    ],
    ['a machine without errands', { canInject: false }, ['warning system']],
    ['gdb 13 and AMX', { surroundings: { ...root, amx: true } }, ["note gdb's call"]],
    [
      'gdb 14 and AMX',
      { surroundings: { ...root, amx: true }, gdb: { path: '/g', version: '14.2', major: 14 } },
      [],
    ],
    ['a plain user', { surroundings: alice }, ['note user']],
    [
      'root of a container',
      { surroundings: { ...root, self: { ...root.self, effective: docker }, nestedPidNamespace: true } },
      ['warning user', 'note container'],
    ],
    ['a filter', { surroundings: { ...root, self: { ...root.self, seccomp: 2 } } }, ['note seccomp']],
    ['a profile', { surroundings: { ...root, confinement: 'docker-default (enforce)' } }, ['note security']],
    ['a user namespace', { surroundings: { ...root, nestedUserNamespace: true } }, ['note container']],
  ])('%s', (_, changed, expected) => {
    expect(findings(changed)).toEqual(expected);
  });

  test.each<[number, Surroundings, string[]]>([
    [0, alice, ['note user']],
    [1, alice, ['note user', 'warning ptrace_scope']],
    [2, alice, ['note user', 'problem ptrace-scope-2']],
    [3, alice, ['note user', 'problem ptrace-scope-3']],
    [1, root, []],
    [2, root, []],
    [3, root, ['problem ptrace-scope-3']],
  ])('ptrace_scope %i', (ptraceScope, who, expected) => {
    expect(findings({ surroundings: { ...who, ptraceScope } })).toEqual(expected);
  });
});

test('all but what is well has a cure, and a problem the exit code of what fails', () => {
  const surroundings = { ...alice, ptraceScope: 2 };
  for (const { status, cure, exitCode } of machineChecks({ ...facts, surroundings, canInject: false })) {
    if (status === 'warning' || status === 'problem') expect(cure).not.toBeNull();
    expect(exitCode).toBe(status === 'problem' ? exitCodes.permission : null);
  }
});
