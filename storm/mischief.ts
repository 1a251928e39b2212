import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { IPty } from 'node-pty';
import { childrenOf } from '../src/target/childProcesses.js';
import type { Random } from './random.js';

/** What happens to a command on the way. */
export type Mischief =
  'none' | 'sleeper killed' | 'gdb killed' | 'Ctrl-C' | 'terminal closed' | 'terminal resized';

const all: readonly Mischief[] = [
  'sleeper killed',
  'gdb killed',
  'Ctrl-C',
  'terminal closed',
  'terminal resized',
];

export function someMischief(random: Random): Mischief {
  return random.chance(0.5) ? 'none' : random.oneOf(all);
}

/** The gdb of a command and the shells around it; those that have ended meanwhile are none. */
function debuggers(pid: number): number[] {
  return childrenOf(pid)
    .flatMap((child) => [...debuggers(child), child])
    .filter((child) => {
      try {
        return readFileSync(`/proc/${child}/comm`, 'utf8') === 'gdb\n';
      } catch {
        return false;
      }
    });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Does it to the command at a random moment of its life, unless that has ended before. */
export async function happen(
  mischief: Mischief,
  terminal: IPty,
  random: Random,
  ended: Promise<unknown>,
): Promise<void> {
  if (mischief === 'none') return;
  // Until it has come to the process it takes some 200 ms; a recording then has three seconds to go.
  const moment = setTimeout(random.between(0, random.chance(0.5) ? 600 : 3000), 'now');
  if ((await Promise.race([moment, ended])) !== 'now') return;
  const deeds: Record<Exclude<Mischief, 'none'>, () => void> = {
    'sleeper killed': () => {
      kill(terminal.pid);
    },
    'gdb killed': () => {
      debuggers(terminal.pid).forEach(kill);
    },
    'Ctrl-C': () => {
      terminal.write('\x03');
    },
    'terminal closed': () => {
      terminal.kill('SIGHUP');
    },
    'terminal resized': () => {
      terminal.resize(Math.ceil(random.between(1, 300)), Math.ceil(random.between(1, 100)));
    },
  };
  deeds[mischief]();
}
