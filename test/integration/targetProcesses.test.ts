import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { processListEntry } from '../../src/model/processList.js';
import { processInfo } from '../../src/model/snapshot.js';
import { startPrecisionMs } from '../../src/target/clock.js';
import { readProcessInfo } from '../../src/target/processInfo.js';
import { listPythonProcesses } from '../../src/target/processes.js';
import { startCommand } from '../support/command.js';
import { anyPython } from '../support/pythons.js';

const { executable, version } = anyPython();
const library = fileURLToPath(new URL('../../agent-c/build/libsleeper.so', import.meta.url));
const script = [
  'import json, os, resource, sys, threading',
  'for _ in range(3): threading.Thread(target=threading.Event().wait, daemon=True).start()',
  'while sum(os.times()[:2]) < 0.2: pass',
  'print(json.dumps({"ppid": os.getppid(), "cwd": os.getcwd(), "cpu": sum(os.times()[:2])}), flush=True)',
  'sys.stdin.read()',
].join('\n');

describe('a Python process', () => {
  test('is listed as it knows itself', async () => {
    expect(existsSync(library)).toBe(true);
    const before = Date.now();
    const target = await startCommand(executable, ['-c', script, 'an argument', ''], {
      ...process.env,
      LD_PRELOAD: library,
    });
    const ready = Date.now();
    const own = JSON.parse(target.ready) as { ppid: number; cpu: number };
    const list = listPythonProcesses();
    const entry = list.find(({ pid }) => pid === target.pid)!;
    processListEntry.parse(entry);
    expect(entry).toMatchObject({
      parentPid: own.ppid,
      user: userInfo().username,
      implementation: 'CPython',
      version,
      threads: 4,
      agent: true,
      argv: [executable, '-c', script, 'an argument', ''],
    });
    expect(entry.cpuMs).toBeGreaterThanOrEqual(own.cpu * 1000 - 20);
    expect(entry.cpuMs).toBeLessThan(own.cpu * 1000 + 2000);
    expect(entry.residentBytes).toBeGreaterThan(1e6);
    // Ready, it has used 200 ms of a processor.
    expect(Date.parse(entry.startedAt)).toBeGreaterThanOrEqual(before - startPrecisionMs);
    expect(Date.parse(entry.startedAt)).toBeLessThanOrEqual(ready - 200 + startPrecisionMs);
    expect(list.map(({ pid }) => pid)).toEqual(list.map(({ pid }) => pid).sort((a, b) => a - b));
    expect(list.some(({ pid }) => pid === process.pid)).toBe(false);
    await target.end();
    expect(listPythonProcesses().some(({ pid }) => pid === target.pid)).toBe(false);
  });

  test('is described as a whole', async () => {
    const target = await startCommand(executable, ['-c', script]);
    const own = JSON.parse(target.ready) as { ppid: number; cwd: string };
    const info = readProcessInfo(target.pid);
    processInfo.parse(info);
    expect(info).toMatchObject({
      pid: target.pid,
      parentPid: own.ppid,
      user: userInfo().username,
      executable,
      argv: [executable, '-c', script],
      workingDirectory: own.cwd,
    });
    await target.end();
    expect(() => readProcessInfo(target.pid)).toThrow('There is no process');
  });
});
