import { exitCodes, type SleeperError } from '../errors.js';
import type { DoctorCheck } from '../model/doctor.js';

const noCode = { code: null, exitCode: null } as const;

export function ok(subject: string, message: string): DoctorCheck {
  return { subject, status: 'ok', message, cure: null, ...noCode };
}

/** Good to know, in the way of nothing. */
export function note(subject: string, message: string, cure: string | null = null): DoctorCheck {
  return { subject, status: 'note', message, cure, ...noCode };
}

/** In the way of some things. */
export function warning(subject: string, message: string, cure: string): DoctorCheck {
  return { subject, status: 'warning', message, cure, ...noCode };
}

/** In the way of everything: what a command would fail with. */
export function problem(subject: string, { code, exit, message, hint }: SleeperError): DoctorCheck {
  return { subject, status: 'problem', message, cure: hint, code, exitCode: exitCodes[exit] };
}
