import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isSupportedPython } from '../../src/target/supportedPythons.js';

/** An interpreter of the matrix. */
export interface Python {
  /** "3.11.7" */
  version: string;
  /** "pyenv-3.11.7", "debian-3.11" */
  label: string;
  executable: string;
  /** 0x030b for 3.11 */
  short: number;
}

const find = fileURLToPath(new URL('../pythons/find', import.meta.url));

function shortVersion(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major << 8) | minor;
}

function list(...options: string[]): Python[] {
  return execFileSync(find, options, { encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Python => {
      const [version = '', label = '', executable = ''] = line.split('\t');
      return { version, label, executable, short: shortVersion(version) };
    })
    .filter(({ version }) => isSupportedPython(version));
}

/** The debug builds on this machine that sleeper supports; they are few and slow, and no test but those for them takes one. */
export function findDebugPythons(): Python[] {
  return list('--debug');
}

/**
 * Every other CPython on this machine that sleeper supports. Those named in SLEEPER_REQUIRED_PYTHONS
 * ("2.7 3.11") must be among them.
 */
export function findPythons(): Python[] {
  const pythons = list();
  for (const required of (process.env['SLEEPER_REQUIRED_PYTHONS'] ?? '').split(' ').filter(Boolean)) {
    if (!pythons.some((python) => python.version.startsWith(`${required}.`))) {
      throw new Error(`Python ${required} is required here and was not found by test/pythons/find`);
    }
  }
  return pythons;
}

/** The one interpreter for tests that need any Python 3: the newest of 3.11, else whatever there is. */
export function anyPython(): Python {
  const pythons = findPythons();
  const python = pythons.filter(({ short }) => short === 0x030b).at(-1) ?? pythons.at(-1);
  if (python === undefined) throw new Error('no CPython was found by test/pythons/find');
  return python;
}
