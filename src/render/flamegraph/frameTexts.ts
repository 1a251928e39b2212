import type { Profile } from '../../profile/profile.js';
import { fileText, functionName } from '../profile/frameText.js';

/** What is written of each frame: its name, and the file and line. Safe to print. */
export function frameTexts({ frames, meta }: Profile): { names: string[]; places: string[] } {
  return {
    names: frames.map(functionName),
    places: frames.map((frame) => {
      const file = fileText(frame, meta.process.workingDirectory);
      return frame.line === null ? file : `${file}:${frame.line}`;
    }),
  };
}
