import { expect, test } from '@jest/globals';
import { note, ok, problem, warning } from '../../../src/doctor/checks.js';
import { errors } from '../../../src/errors.js';
import type { DoctorReport } from '../../../src/model/doctor.js';
import { renderDoctor } from '../../../src/render/renderDoctor.js';

const report: DoctorReport = {
  ...{ schemaVersion: 1, sleeperVersion: '0.1.0', works: false },
  machine: [
    ok('gdb', '13.1, /usr/bin/gdb'),
    note('user', 'alice: processes of other users may not be traced.', 'Run sleeper as root for those.'),
    warning('system', 'Something is in the way of some things.', 'Mend it.'),
  ],
  process: {
    ...{ pid: 1234, command: 'python3 \u001b[31mevil.py', python: '3.11.2', libc: 'glibc' },
    ...{ loading: null, borrowedThread: null, commands: ['ps', 'fds'] },
    checks: [problem('process', errors.stopped(1234))],
  },
};

test('what is in the way, with its cure; what comes from the process is escaped', () => {
  expect(renderDoctor(report, { colour: false, width: 80 })).toBe(
    `This machine
  ok       gdb: 13.1, /usr/bin/gdb
  note     user: alice: processes of other users may not be traced.
           Run sleeper as root for those.
  warning  system: Something is in the way of some things.
           Mend it.

Process 1234: python3 \\x1b[31mevil.py
  problem  process: Process 1234 is stopped (job control: SIGSTOP, SIGTSTP,
           Ctrl-Z, or a background job that uses its terminal).
           Let it go on with \`kill -CONT 1234\` (or fg), then try again.
  These commands would work: ps, fds

sleeper cannot work on process 1234: 1 problem.
`,
  );
});

test('on a terminal each status has its colour', () => {
  const text = renderDoctor(report, { colour: true, width: 80 });
  expect(text).toContain('\u001b[31mproblem\u001b[39m');
  expect(text).toContain('\u001b[33mwarning\u001b[39m');
  expect(text).toContain('\u001b[32mok     \u001b[39m');
});

test('a machine alone', () => {
  const text = renderDoctor({ ...report, works: true, process: null }, { colour: false, width: Infinity });
  expect(text.trimEnd().split('\n').at(-1)).toBe('sleeper can work here.');
});
