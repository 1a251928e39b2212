import { copyFileSync, existsSync, mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { findAgent } from '../../src/target/agentLibrary.js';
import { dynamicSymbols } from '../../src/target/elf.js';
import { imageBases, parseMaps } from '../../src/target/maps.js';
import { openProcessMemory } from '../../src/target/processMemory.js';
import { readProc } from '../../src/target/procFile.js';
import { pythonProcess } from '../../src/target/pythonProcess.js';
import { startCommand } from '../support/command.js';
import { anyPython, findPythons } from '../support/pythons.js';

const library = fileURLToPath(new URL('../../agent-c/build/libsleeper.so', import.meta.url));

test('memory is read and written where it was asked for', async () => {
  const script = [
    'import ctypes, sys',
    'data = ctypes.create_string_buffer(b"0123456789" * 1000)',
    'print(ctypes.addressof(data), flush=True)',
    'sys.stdin.read()',
  ].join('\n');
  const target = await startCommand(anyPython().executable, ['-c', script]);
  const memory = openProcessMemory(target.pid);
  const address = BigInt(target.ready);
  expect(memory.read(address + 5n, 10).toString()).toBe('5678901234');
  expect(memory.read(address, 10_000).toString()).toBe('0123456789'.repeat(1000));
  memory.write(address + 9_998n, Buffer.from('xy'));
  memory.write(address + 1n, Buffer.from('ab'));
  expect(memory.read(address, 5).toString()).toBe('0ab34');
  expect(memory.read(address + 9_995n, 6).toString()).toBe('567xy\0');
  expect(memory.read(address, 0)).toHaveLength(0);
  expect(() => memory.read(16n, 8)).toThrow(/EIO/);
  expect(() => {
    memory.write(16n, Buffer.from('x'));
  }).toThrow(/EIO/);
  expect(() => {
    memory.write(2n ** 60n, Buffer.from('x'));
  }).toThrow(/EIO/);
  memory.close();
  await target.end();
});

// The oracle is the dynamic loader of the process itself.
describe.each(findPythons())('CPython $version ($label)', ({ executable, version }) => {
  test('its symbols are where it says, and its version is told', async () => {
    const script = [
      'import ctypes, os, sys',
      'os.write(1, (u"%d %d\\n" % (ctypes.cast(ctypes.pythonapi.Py_GetVersion, ctypes.c_void_p).value, 0)).encode("ascii"))',
      'sys.stdin.read()',
    ].join('\n');
    const target = await startCommand(executable, ['-c', script]);
    const memory = openProcessMemory(target.pid, { readOnly: true });
    const address = BigInt(target.ready.split(' ')[0]!);
    const bases = imageBases(parseMaps(readProc(`/proc/${String(target.pid)}/maps`), 'python'));
    const found = bases.flatMap(({ start }) => {
      try {
        return dynamicSymbols(memory, start).find('Py_GetVersion') ?? [];
      } catch {
        return [];
      }
    });
    expect(found).toEqual([address]);
    memory.close();

    const minor = version.split('.').slice(0, 2).join('.');
    expect(pythonProcess(target.pid)).toEqual({ implementation: 'CPython', version: minor, embedded: false });
    const exact = pythonProcess(target.pid, { thorough: true });
    expect(exact).toMatchObject({ implementation: 'CPython', embedded: false });
    expect(exact!.version!.startsWith(version.replace(/(a|b|rc)\d+$/, ''))).toBe(true);
    await target.end();
  });
});

test('a static interpreter under another name', async () => {
  const { executable } = findPythons().find(({ label }) => label.startsWith('debian-')) ?? anyPython();
  const directory = mkdtempSync(join(tmpdir(), 'sleeper-'));
  const copy = join(directory, 'worker');
  copyFileSync(executable, copy);
  const target = await startCommand(copy, [
    '-c',
    'import sys; print(sys.version.split()[0], flush=True); sys.stdin.read()',
  ]);
  expect(pythonProcess(target.pid, { thorough: true })).toEqual({
    implementation: 'CPython',
    version: target.ready,
    embedded: true,
  });
  await target.end();
  rmSync(directory, { recursive: true });
});

describe('the agent in a process', () => {
  // The preloaded library's symbols are global: the process itself says where the control block is.
  const script = [
    'import ctypes, sys',
    'print(ctypes.addressof(ctypes.c_char.in_dll(ctypes.CDLL(None), "sleeper_control")), flush=True)',
    'sys.stdin.read()',
  ].join('\n');

  test('is found by its symbol', async () => {
    expect(existsSync(library)).toBe(true);
    const target = await startCommand(anyPython().executable, ['-c', script], {
      ...process.env,
      LD_PRELOAD: library,
    });
    const agent = findAgent(target.pid);
    expect(agent).toMatchObject({ path: library, deleted: false, control: BigInt(target.ready) });
    const memory = openProcessMemory(target.pid);
    expect(memory.read(agent!.control, 8).toString()).toBe('sleeper\0');
    expect(findAgent(target.pid, { memory })).toEqual(agent);
    memory.close();
    await target.end();
  });

  test('is found after its file was deleted and another one took its name', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sleeper-'));
    const copy = join(directory, 'libsleeper.so');
    copyFileSync(library, copy);
    const target = await startCommand(anyPython().executable, ['-c', script], {
      ...process.env,
      LD_PRELOAD: copy,
    });
    unlinkSync(copy);
    copyFileSync('/proc/self/exe', copy);
    expect(findAgent(target.pid)).toMatchObject({ path: copy, deleted: true, control: BigInt(target.ready) });
    await target.end();
    rmSync(directory, { recursive: true });
  });

  test('is found when it was loaded from a memfd', async () => {
    const loading = [
      'import ctypes, os, sys',
      'fd = os.memfd_create("libsleeper.so")',
      `os.write(fd, open(${JSON.stringify(library)}, "rb").read())`,
      'loaded = ctypes.CDLL("/proc/self/fd/%d" % fd)',
      'print(ctypes.addressof(ctypes.c_char.in_dll(loaded, "sleeper_control")), flush=True)',
      'sys.stdin.read()',
    ].join('\n');
    const target = await startCommand(anyPython().executable, ['-c', loading]);
    expect(findAgent(target.pid)).toMatchObject({
      path: '/memfd:libsleeper.so',
      control: BigInt(target.ready),
    });
    await target.end();
  });

  test('is not in a process without it', async () => {
    const target = await startCommand(anyPython().executable, [
      '-c',
      'import sys; print(flush=True); sys.stdin.read()',
    ]);
    expect(findAgent(target.pid)).toBeNull();
    await target.end();
  });
});
