import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { snapshot } from '../../src/model/snapshot.js';
import { runSleeper } from '../support/cli.js';
import { startCommand } from '../support/command.js';
import { anyPython } from '../support/pythons.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { footprint, sleeper, targetsDirectory } from '../support/target.js';

const namespaces = ['-p', '-f', '--mount-proc'];
const mayUnshare = spawnSync('unshare', [...namespaces, 'true']).status === 0;

interface Oracle {
  pid: number;
  threads: { name: string; ident: number; tid: number }[];
}

/** The ids of a task, as this pid namespace and as its own know it. */
function idsOf(task: string): [outer: number, inner: number] {
  const ids = /^NSpid:\t(\d+)\t(\d+)$/m.exec(readFileSync(`${task}/status`, 'utf8')) ?? [];
  return [Number(ids[1]), Number(ids[2])];
}

(mayUnshare ? test : test.skip)(
  'a process in other pid and mount namespaces: its threads are those of this one (unshare)',
  async () => {
    const command = [sleeper, 'run', '--', anyPython().executable, `${targetsDirectory}oracle.py`];
    const unshare = await startCommand('unshare', [...namespaces, ...command]);
    try {
      const oracle = JSON.parse(unshare.ready) as Oracle;
      expect(oracle.pid).toBe(1);
      const task = `/proc/${String(unshare.pid)}/task/${String(unshare.pid)}`;
      const pid = Number(readFileSync(`${task}/children`, 'utf8'));
      const before = footprint(pid);

      const { code, out, err } = await runSleeper(['dump', '--json', '--fds', String(pid)]);

      expect({ code, err }).toEqual({ code: 0, err: '' });
      const dumped = snapshot.parse(JSON.parse(out));
      expect(dumped.process).toMatchObject({ pid, containerPid: oracle.pid });
      // Each once, with both what Python and what the kernel says of it.
      const told = dumped.threads.map(({ tid, python, kernel }) => ({
        tid,
        name: python?.name,
        ident: python?.ident,
        kernelTid: kernel?.tid,
      }));
      const expected = dumped.threads.map(({ tid }) => {
        const [outer, inner] = idsOf(`/proc/${String(pid)}/task/${String(tid)}`);
        const thread = oracle.threads.find((one) => one.tid === inner);
        return { tid: outer, name: thread?.name, ident: thread?.ident, kernelTid: outer };
      });
      expect(told).toEqual(expected);
      expect(told).toHaveLength(oracle.threads.length);
      expect(before.threads).toBe(oracle.threads.length);
      expect(dumped.fds?.map(({ fd }) => String(fd)).sort()).toEqual(before.fds);
      await sleepsOn(pid);
      expect(footprint(pid)).toEqual(before);
    } finally {
      await unshare.end();
    }
  },
);
