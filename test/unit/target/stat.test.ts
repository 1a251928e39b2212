import { expect, test } from '@jest/globals';
import { parseCommandLine } from '../../../src/target/commandLine.js';
import { parsePasswd } from '../../../src/target/passwd.js';
import { parseStat } from '../../../src/target/stat.js';
import { parseStatus } from '../../../src/target/status.js';

const rest =
  '1 500 400 0 -1 4194560 100 0 0 0 120 34 0 0 20 0 7 0 109863 3133440 361 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 3 0 0 0 0 0 0 0 0 0 0 0 0 0';

test('a name may contain spaces and parentheses', () => {
  expect(parseStat(`42 (a) S (b) R ${rest}`)).toEqual({
    pid: 42,
    name: 'a) S (b',
    state: 'R',
    parentPid: 1,
    processGroup: 500,
    session: 400,
    kernelThread: false,
    userMs: 1200,
    systemMs: 340,
    threads: 7,
    startedMs: 1098630,
    processor: 3,
  });
});

test('what is not a line of stat is refused', () => {
  expect(() => parseStat('')).toThrow('not a line');
  expect(() => parseStat(')(')).toThrow('not a line');
});

test('status', () => {
  const status = parseStatus(
    'Name:\tpython3\nUid:\t1000\t1001\t1002\t1003\nGid:\t5\t5\t5\t5\nTracerPid:\t77\nCapPrm:\t0000000000000000\n' +
      'CapEff:\t000001fffeffffff\nCapBnd:\t00000000a80425fb\nNSpid:\t900\t1\nThreads:\t3\nVmRSS:\t  2048 kB\n' +
      'SigPnd:\t0000000000000001\nSigBlk:\t0000000000400002\n' +
      'voluntary_ctxt_switches:\t42\nnonvoluntary_ctxt_switches:\t7\n',
  );
  expect(status).toEqual({
    uids: [1000, 1001, 1002, 1003],
    gids: [5, 5, 5, 5],
    seccomp: 0,
    seccompFilters: null,
    tracerPid: 77,
    permitted: 0n,
    effective: 0x1fffeffffffn,
    bounding: 0xa80425fbn,
    blockedSignals: 0x400002n,
    namespacePids: [900, 1],
    threads: 3,
    residentBytes: 2048 * 1024,
    sleeps: 42,
  });
  expect(parseStatus('')).toMatchObject({ uids: [], tracerPid: 0, effective: 0n, residentBytes: 0 });
});

test('a command line', () => {
  expect(parseCommandLine('python3\0-c\0\0')).toEqual(['python3', '-c', '']);
  expect(parseCommandLine('')).toEqual([]);
  expect(parseCommandLine('a title set by the program')).toEqual(['a title set by the program']);
  expect(parseCommandLine('a title\0\0\0\0\0')).toEqual(['a title']);
});

test('users: the first entry of a number counts', () => {
  const users = parsePasswd(
    'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n\n+\napp:x:1000:1000::/:/bin/sh\n',
  );
  expect([...users]).toEqual([
    [0, 'root'],
    [1000, 'app'],
  ]);
});
