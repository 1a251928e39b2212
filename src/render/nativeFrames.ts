import { basename } from 'node:path';
import type { NativeFrame } from '../model/nativeFrame.js';
import type { RenderContext } from './context.js';
import { escapeUntrusted } from './escape.js';

/** Those of a stack that a frame of Python has called, by its index; null: those of which that is not known. */
export function renderNativeFrames(
  frames: readonly NativeFrame[] | undefined,
  caller: number | null,
  { style, nativeAll }: RenderContext,
): string[] {
  const told = frames?.filter((frame) => frame.caller === caller && (nativeAll || !frame.internal));
  return (told ?? []).map(({ function: name, file }) => {
    const place = file === null ? '' : ` (${escapeUntrusted(basename(file))})`;
    return `  ${style.faint(escapeUntrusted(name) + place)}`;
  });
}
