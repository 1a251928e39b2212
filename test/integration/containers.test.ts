import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { runSleeper } from '../support/cli.js';
import { startCommand, type RunningCommand } from '../support/command.js';
import { anyPython } from '../support/pythons.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { footprint, sleeper, targetsDirectory } from '../support/target.js';

/** A container whose first process is the target: pid, mount and network namespaces of its own. */
const namespaces = ['--pid', '--fork', '--mount', '--mount-proc', '--net', '--kill-child'];
const able = spawnSync('unshare', [...namespaces, 'true']).status === 0;
const withContainers = able ? test : test.skip;

let container: RunningCommand | undefined;
afterEach(() => container?.end());

/** The children of a process, zombies among them. */
const childrenOf = (pid: number): string =>
  readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').trim();

/** Starts a script in a container, and gives its id as it is known outside. */
async function startContainer(script: string, ...args: string[]): Promise<number> {
  const command = [anyPython().executable, `${targetsDirectory}${script}`, ...args];
  container = await startCommand('unshare', [...namespaces, ...command]);
  return Number(childrenOf(container.pid));
}

withContainers('beside process 1, as in a container: it gets no child of ours (unshare)', async () => {
  const pid = await startContainer('hung.py', 'blocked');
  const before = footprint(pid);
  const inside = ['--target', String(pid), '--mount', '--pid', '--net', sleeper];
  for (const command of [['dump'], ['why', '--tree'], ['doctor']]) {
    const { code, err } = await runSleeper([...inside, ...command, '1'], { program: 'nsenter' });
    expect({ command, code, err: err.replace(/^Process 1 runs without.*\n/, '') }).toEqual({
      ...{ command, code: 0, err: '' },
    });
    expect(childrenOf(pid)).toBe('');
  }
  expect(footprint(pid)).toEqual(before);
  await sleepsOn(pid);
});

withContainers('from outside: both ids are told (unshare)', async () => {
  const pid = await startContainer('hung.py', 'blocked');
  const listed = await runSleeper(['ps']);
  expect(listed.out).toMatch(new RegExp(`^ *PID +INSIDE `));
  expect(listed.out).toMatch(new RegExp(`^ *${pid} +1 `, 'm'));
});
