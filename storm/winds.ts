import { spawnSync } from 'node:child_process';
import type { Python } from '../test/support/pythons.js';

/** What every Python can do: the functions of weather.py. */
const everywhere = 'memory garbage imports forks execs threads exceptions in_c timeouts pipes signals'.split(
  ' ',
);
const withModule: Readonly<Record<string, string>> = { arrays: 'numpy', greenlets: 'greenlet' };

const known = new Map<string, string[]>();

/** The winds that can blow in a Python. */
export function windsOf({ executable, version, short }: Python): string[] {
  let winds = known.get(executable);
  if (winds === undefined) {
    const more = Object.entries(withModule).filter(
      ([, module]) => spawnSync(executable, ['-c', `import ${module}`]).status === 0,
    );
    winds = [
      ...everywhere,
      ...(version.startsWith('2.') ? [] : ['tasks']),
      // Before 3.9 Python aborts where a callback, of a garbage collection say, meets the limit and the error is ignored.
      ...(short >= 0x0309 ? ['recursion'] : []),
      ...more.map(([wind]) => wind),
    ];
    known.set(executable, winds);
  }
  return winds;
}
