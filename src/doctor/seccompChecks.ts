import type { DoctorCheck } from '../model/doctor.js';
import { seccompErrors } from '../seccompErrors.js';
import type { SeccompVerdict } from '../usecases/seccomp.js';
import { note, ok, problem, warning } from './checks.js';

/** What the seccomp filters of a process do to a look, with the loading of the agent where that is needed, and to a session. */
export interface SeccompFacts {
  readonly look: SeccompVerdict;
  readonly session: SeccompVerdict;
}

const subject = 'filter';
const reasons = {
  container: 'it is that of a container, whose runtime answers forbidden calls with errors',
  ours: 'sleeper is beside it, under as many filters',
} as const;

/** What is said of them. */
export function seccompChecks(pid: number, { look, session }: SeccompFacts): DoctorCheck[] {
  if (look.kind === 'none') return [ok(subject, 'the process has no seccomp filter')];
  if (look.kind === 'unread') {
    if (look.why === null) return [problem(subject, seccompErrors.seccompUnknown(pid))];
    return [
      note(
        subject,
        `The process has a seccomp filter that you may not read; it is trusted: ${reasons[look.why]}.`,
      ),
    ];
  }
  if (look.killed.length > 0)
    return [problem(subject, seccompErrors.seccompKills(pid, look.killed, 'a look'))];
  const refused =
    look.refused.length === 0
      ? []
      : [
          note(
            subject,
            `The seccomp filter of the process answers ${look.refused.join(', ')} with an error: what needs that fails, and the process goes on.`,
          ),
        ];
  if (session.kind !== 'read' || session.killed.length === 0)
    return refused.length > 0 ? refused : [ok(subject, 'the seccomp filter of the process allows a look')];
  const { message, hint } = seccompErrors.seccompKills(pid, session.killed, 'a live session');
  return [...refused, warning(subject, message, hint)];
}
