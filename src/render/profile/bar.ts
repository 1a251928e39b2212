import { threadStates, type ThreadState } from '../../profile/profile.js';
import type { StateCounts } from '../../profile/counts.js';
import type { Style } from '../style.js';

/** Told apart without colours, too. */
const blocks: Readonly<Record<ThreadState, string>> = { cpu: '█', gil: '▒', idle: '░' };
const meanings: Readonly<Record<ThreadState, string>> = {
  cpu: 'on CPU',
  gil: 'waits for the GIL',
  idle: 'idle',
};

/** Samples as a bar of their states, as long as `width` columns, which `whole` samples would fill. */
export function bar(counts: Readonly<StateCounts>, whole: number, width: number): string {
  let samples = 0;
  let text = '';
  for (const state of threadStates) {
    samples += counts[state];
    // Rounded ends, not rounded lengths: so the whole is never longer than its share.
    const end = whole === 0 ? 0 : Math.round((samples / whole) * width);
    text += blocks[state].repeat(Math.max(0, Math.min(end, width) - text.length));
  }
  return text.padEnd(width);
}

/** The colours of a bar. */
export function paintBar(text: string, style: Style): string {
  return text.replace(/█+/g, style.good).replace(/▒+/g, style.bad).replace(/░+/g, style.faint);
}

/** What the blocks of a bar mean. */
export function legend(style: Style): string {
  return threadStates.map((state) => `${paintBar(blocks[state], style)} ${meanings[state]}`).join('  ');
}
