import { basename } from 'node:path';
import type { ProfileFrame } from '../../profile/profile.js';
import { escapeUntrusted } from '../escape.js';
import { shortPath } from '../paths.js';

/** A function's name, with its variables if they were recorded: `handle(path='/slow')`. Safe to print and never empty. */
export function functionName({
  function: text,
  variables,
}: Pick<ProfileFrame, 'function' | 'variables'>): string {
  const name = escapeUntrusted(text) || '(unnamed)';
  return variables === null ? name : `${name}(${escapeUntrusted(variables)})`;
}

/** The file of a frame as a person knows it, safe to print; of C only the name of the library. */
export function fileText(
  { file, native }: Pick<ProfileFrame, 'file' | 'native'>,
  workingDirectory: string | null,
): string {
  return escapeUntrusted(native ? basename(file) : shortPath(file, workingDirectory));
}

/** A frame as py-spy writes it: `crunch (worker.py:44)`; only the name where no file is known. */
export function frameText(
  frame: Pick<ProfileFrame, 'function' | 'file' | 'line' | 'native' | 'variables'>,
  workingDirectory: string | null,
): string {
  const name = functionName(frame);
  if (frame.file === '') return name;
  const file = fileText(frame, workingDirectory);
  return `${name} (${file}${frame.line === null ? '' : `:${frame.line}`})`;
}
