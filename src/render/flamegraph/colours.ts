import type { ProfileFrame } from '../../profile/profile.js';

/** For what is no function: all samples, a thread, a state. */
export const neutral = '#cfcac2';

function hsl(hue: number, saturation: number, lightness: number): string {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number): string => {
    const position = (offset + hue / 30) % 12;
    const value = lightness - reach * Math.max(-1, Math.min(position - 3, 9 - position, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** FNV-1a, with the bits mixed once more at the end: texts that differ little shall not look alike. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

/** A part of the hash as a number from `low` to `high`. */
function pick(bits: number, shift: number, low: number, high: number): number {
  return low + (((bits >>> shift) & 0xff) / 0xff) * (high - low);
}

/** The same colour for all of a file: warm for Python, cool for native code. */
export function fileColour({ file, native }: Pick<ProfileFrame, 'file' | 'native'>): string {
  if (native) {
    const bits = hash(file);
    return hsl(pick(bits, 0, 178, 222), pick(bits, 8, 0.3, 0.5), pick(bits, 16, 0.68, 0.78));
  }
  if (file === '') return neutral;
  const bits = hash(file);
  return hsl(pick(bits, 0, 2, 54), pick(bits, 8, 0.7, 0.96), pick(bits, 16, 0.64, 0.77));
}

/** A change by this share has the full colour: what is as red in two graphs grew as much. */
export const fullChange = 0.05;

/** From grey to red for what grew, to blue for what shrank; the root weakens the difference of large and small. */
export function changeColour(change: number): string {
  const steps = 12;
  const step = Math.round(Math.sqrt(Math.min(1, Math.abs(change) / fullChange)) * steps) / steps;
  return change > 0
    ? hsl(8, 0.1 + 0.8 * step, 0.83 - 0.21 * step)
    : hsl(212, 0.1 + 0.65 * step, 0.83 - 0.2 * step);
}
