import { errors, type SleeperError } from '../errors.js';
import type { DoctorCheck } from '../model/doctor.js';
import { hasPtraceCapability } from '../target/permission.js';
import type { Surroundings } from '../target/surroundings.js';
import { note, ok, problem, warning } from './checks.js';

/** What was found on this machine. */
export interface MachineFacts {
  /** "Linux 6.1.0" */
  readonly system: string;
  /** "x86-64" */
  readonly architecture: string;
  readonly node: string;
  readonly agent: { readonly path: string; readonly architecture: string | null; readonly exists: boolean };
  /** The agent can be loaded into a process that runs already. */
  readonly canInject: boolean;
  readonly gdb: { readonly path: string; readonly version: string; readonly major: number } | SleeperError;
  /** For how long gdb stopped a process of our own, in ms, or why it could not; null: it was not tried. */
  readonly practice: number | SleeperError | null;
  readonly user: string;
  readonly surroundings: Surroundings;
}

/** The last version of gdb that cannot make a call on a CPU with AMX. */
const lastHarmfulGdb = 13;

/** What speaks for and against sleeper on this machine. */
export function machineChecks(facts: MachineFacts): DoctorCheck[] {
  return [
    system(facts),
    agent(facts),
    ...gdb(facts),
    ...tracing(facts),
    user(facts),
    yama(facts.surroundings),
    ...sandbox(facts.surroundings),
  ];
}

function system({ system: name, architecture, node, canInject }: MachineFacts): DoctorCheck {
  const text = `${name} on ${architecture}, Node.js ${node}`;
  if (canInject) return ok('system', text);
  return warning(
    'system',
    `${text}: the agent cannot be loaded into a process that runs already.`,
    'Start programs with `sleeper run -- COMMAND`.',
  );
}

function agent({ agent: { path, exists, architecture: built }, architecture }: MachineFacts): DoctorCheck {
  if (!exists) return problem('agent', errors.agentNotBuilt(path));
  if (built === architecture) return ok('agent', `built for ${built}, ${path}`);
  return problem(
    'agent',
    errors.agentArchitecture('this machine is', architecture, built ?? 'something else'),
  );
}

function gdb({ gdb: found, surroundings: { amx } }: MachineFacts): DoctorCheck[] {
  if (found instanceof Error) return [problem('gdb', found)];
  const check = ok('gdb', `${found.version}, ${found.path}`);
  if (!amx || found.major > lastHarmfulGdb) return [check];
  return [
    check,
    note(
      "gdb's call",
      `On this CPU, with AMX, gdb ${found.version} damages a process when it calls a function in it. sleeper does not use gdb's call.`,
      'Do not use `call` or `print f()` of this gdb, nor tools that do; a later gdb does no harm.',
    ),
  ];
}

function tracing({ practice }: MachineFacts): DoctorCheck[] {
  if (practice === null) return [];
  if (typeof practice !== 'number') return [problem('tracing', practice)];
  return [ok('tracing', `gdb stopped a process of our own for ${practice.toFixed(1)} ms and let it go`)];
}

function user({ user: name, surroundings: { self } }: MachineFacts): DoctorCheck {
  if (hasPtraceCapability(self.effective)) {
    return ok('user', `${name}, with the capability CAP_SYS_PTRACE: processes of all users may be traced`);
  }
  if (self.uids[1] === 0) {
    return warning(
      'user',
      'root without the capability CAP_SYS_PTRACE: only what else root owns and has no more capabilities may be traced.',
      'Start the container with `--cap-add SYS_PTRACE`, or run sleeper on the host.',
    );
  }
  return note(
    'user',
    `${name}: processes of other users may not be traced.`,
    'Run sleeper as root for those.',
  );
}

function yama({ self, ptraceScope }: Surroundings): DoctorCheck {
  const subject = 'ptrace_scope';
  if (ptraceScope === null) return ok(subject, 'this kernel has no Yama');
  if (ptraceScope === 0) return ok(subject, '0: nothing is restricted');
  if (ptraceScope === 3) return problem(subject, errors.ptraceForbidden(null));
  if (hasPtraceCapability(self.effective)) {
    return ok(subject, `${ptraceScope}: it does not restrict who has CAP_SYS_PTRACE`);
  }
  if (ptraceScope === 2) return problem(subject, errors.ptraceScopeAdmin(null));
  return warning(
    subject,
    '1: only your own descendants may be traced, and what was started with `sleeper run --allow-attach`.',
    'Run sleeper as root, or allow it for all until the next boot: `sudo sysctl kernel.yama.ptrace_scope=0`.',
  );
}

function sandbox(surroundings: Surroundings): DoctorCheck[] {
  const { self, confinement, nestedUserNamespace, nestedPidNamespace } = surroundings;
  const places = [
    nestedUserNamespace ? 'a user namespace: outside of it your capabilities do not count' : '',
    nestedPidNamespace ? 'a pid namespace: processes outside of it are not seen, ids differ' : '',
  ].filter((place) => place !== '');
  return [
    self.seccomp === 2
      ? note(
          'seccomp',
          'You run under a filter; it may forbid what loading the agent needs, but see "tracing".',
        )
      : ok('seccomp', 'no filter'),
    confinement === null
      ? ok('security', 'no security module confines you')
      : note('security', `You are confined as ${confinement}; that may forbid tracing some processes.`),
    places.length === 0
      ? ok('container', 'none')
      : note('container', `You are in ${places.join(', and in ')}.`, 'For those outside, run sleeper there.'),
  ];
}
