import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../../src/errors.js';
import { doctorReport, type DoctorReport } from '../../../src/model/doctor.js';
import { runSleeper, type CliResult } from '../../support/cli.js';
import { anyPython, findPythons } from '../../support/pythons.js';
import { sleepsOn } from '../../support/sleepsOn.js';
import {
  footprint,
  sleeper,
  startTarget,
  statusOf,
  targetsDirectory,
  type Target,
} from '../../support/target.js';
import { standstill } from '../../support/standstill.js';
import { schemaErrors } from '../../support/validate.js';

let target: Target | undefined;
afterEach(() => target?.kill());

function parsed({ out }: CliResult): DoctorReport {
  const document: unknown = JSON.parse(out);
  expect(schemaErrors('doctor', document)).toEqual([]);
  return doctorReport.parse(document);
}

const codes = ({ machine, process }: DoctorReport): (string | null)[] =>
  [...machine, ...(process?.checks ?? [])].map(({ code }) => code).filter((code) => code !== null);

const python = anyPython().executable;

test('this machine: gdb was really tried', async () => {
  const result = await runSleeper(['doctor', '--json']);
  const report = parsed(result);
  expect(report).toMatchObject({ works: true, process: null });
  expect(report.machine.find(({ subject }) => subject === 'tracing')?.message).toMatch(/for \d+\.\d ms/);
  expect(result).toMatchObject({ code: exitCodes.ok, err: '' });
});

const pythons = findPythons().filter(({ short }) => [0x0207, 0x030b, 0x030f].includes(short));

test.each(pythons.map(({ label, executable }) => [label, executable] as const))(
  '%s without the agent: what it says would happen does, and the process is untouched',
  async (_, executable) => {
    target = await startTarget(executable, 'oracle.py', [], { bare: true });
    const { pid } = target;
    await standstill(pid);
    const before = footprint(pid);
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
    const result = await runSleeper(['doctor', '--json', String(pid)]);
    expect(result.code).toBe(exitCodes.ok);
    expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).toBe(maps);
    await sleepsOn(pid);
    expect(footprint(pid)).toEqual(before);

    const report = parsed(result);
    const dump = await runSleeper(['dump', '--json', '-v', String(pid)]);
    const { python: found } = JSON.parse(dump.out) as { python: { version: string } };
    expect(report.works).toBe(true);
    expect(report.process).toMatchObject({ pid, python: found.version, libc: 'glibc', loading: 'file' });
    expect(report.process?.commands).toContain('dump');
    // The oracle's threads all wait, the main one as well.
    expect(report.process?.borrowedThread).toBe(pid);
    const after = parsed(await runSleeper(['doctor', '--json', String(pid)]));
    expect(after.process?.loading).toBe('not needed');
  },
);

describe('what is in the way', () => {
  test('a stopped process', async () => {
    target = await startTarget(python, 'oracle.py');
    target.child.kill('SIGSTOP');
    const result = await runSleeper(['doctor', '--json', String(target.pid)]);
    expect(codes(parsed(result))).toEqual(['stopped']);
    expect(result.code).toBe(exitCodes.badState);
    expect(statusOf(target.pid).state).toBe('T');
    target.child.kill('SIGCONT');
  });

  test('no gdb', async () => {
    const result = await runSleeper(['doctor', '--json', '--gdb', '/nowhere/gdb']);
    expect(codes(parsed(result))).toEqual(['gdb-missing']);
    expect(result.code).toBe(exitCodes.gdb);
  });

  test('a seccomp filter that forbids ptrace', async () => {
    const args = [`${targetsDirectory}no_ptrace.py`, sleeper, 'doctor', '--json'];
    const result = await runSleeper(args, { program: python });
    expect(codes(parsed(result))).toEqual(['seccomp-filter']);
    expect(result.code).toBe(exitCodes.permission);
  });

  test('a program that is not Python, as text', async () => {
    const { code, out } = await runSleeper(['doctor', String(process.pid)]);
    expect(out).toContain(`problem  process: Process ${process.pid} is not Python`);
    expect(code).toBe(exitCodes.notPython);
  });
});
