import type { Profile } from '../../profile/profile.js';
import { escapeUntrusted } from '../escape.js';
import { shortPath } from '../paths.js';
import { functionName } from '../profile/frameText.js';

/** What is written of each frame: its name, and the file and line. Safe to print. */
export function frameTexts({ frames, meta }: Profile): { names: string[]; places: string[] } {
  return {
    names: frames.map(functionName),
    places: frames.map(({ file, line }) => {
      const path = escapeUntrusted(shortPath(file, meta.process.workingDirectory));
      return line === null ? path : `${path}:${line}`;
    }),
  };
}
