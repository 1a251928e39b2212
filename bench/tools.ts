import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** A command that describes a running process. */
export interface Tool {
  name: string;
  command(pid: number): [string, ...string[]];
}

function pySpy(): Tool[] {
  try {
    const path = execFileSync(fromRoot('test/peers/fetch'), { encoding: 'utf8' }).trim();
    return [['--locals'], []].map((options) => ({
      name: ['py-spy dump', ...options].join(' '),
      command: (pid) => [path, 'dump', ...options, '--json', '--pid', String(pid)],
    }));
  } catch {
    process.stderr.write('bench: py-spy is left out: test/peers/fetch could not get it\n');
    return [];
  }
}

/** gdb's py-bt needs the script that CPython's build puts beside its executable. */
function gdbPyBt(python: string): Tool[] {
  const script = `${python}-gdb.py`;
  if (!existsSync(script)) {
    process.stderr.write(`bench: gdb's py-bt is left out: there is no ${script}\n`);
    return [];
  }
  return [
    {
      name: "gdb's py-bt, py-locals",
      command: (pid) => [
        'gdb',
        '-nx',
        '-batch',
        '-p',
        String(pid),
        '-iex',
        'set auto-load off',
        '-x',
        script,
        '-ex',
        'thread apply all py-bt',
        '-ex',
        'py-locals',
      ],
    },
  ];
}

/** What is left of a dump if sleeper itself did nothing. */
const gdbAlone: Tool = {
  name: 'gdb alone: attach, detach',
  command: (pid) => [
    ...(['gdb', '-nx', '-nh', '-q', '-batch', '-x', fromRoot('gdb-scripts/settings.gdb')] as const),
    ...['-ex', `attach ${String(pid)}`, '-ex', 'detach'],
  ],
};

/** sleeper first: the others are compared with it. */
export function tools(python: string): Tool[] {
  const sleeper = (...options: string[]): Tool => ({
    name: ['sleeper dump', ...options].join(' '),
    command: (pid) => [fromRoot('bin/sleeper'), 'dump', ...options, '--json', String(pid)],
  });
  return [sleeper(), sleeper('--no-locals'), gdbAlone, ...pySpy(), ...gdbPyBt(python)];
}
