import type { ProfileFrame } from '../../profile/profile.js';
import { escapeUntrusted } from '../escape.js';
import { shortPath } from '../paths.js';

/** A function's name, safe to print and never empty. */
export function functionName(frame: Pick<ProfileFrame, 'function'>): string {
  return escapeUntrusted(frame.function) || '(unnamed)';
}

/** A frame as py-spy writes it: `crunch (worker.py:44)`; only the name where no file is known. */
export function frameText(
  frame: Pick<ProfileFrame, 'function' | 'file' | 'line'>,
  workingDirectory: string | null,
): string {
  const name = functionName(frame);
  if (frame.file === '') return name;
  const file = escapeUntrusted(shortPath(frame.file, workingDirectory));
  return `${name} (${file}${frame.line === null ? '' : `:${frame.line}`})`;
}
