import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from '@jest/globals';
import { parseCommandLine } from '../../../src/target/commandLine.js';
import { parseFdFlags } from '../../../src/target/fds/fdFlags.js';
import { infoField } from '../../../src/target/fds/openFd.js';
import { describeEpoll } from '../../../src/target/fds/epoll.js';
import { describeEventfd } from '../../../src/target/fds/eventfd.js';
import { describeInotify } from '../../../src/target/fds/inotify.js';
import { describePidfd } from '../../../src/target/fds/pidfd.js';
import { describeSignalfd } from '../../../src/target/fds/signalfd.js';
import { describeTimerfd } from '../../../src/target/fds/timerfd.js';
import { parseNetTable, type NetTableName } from '../../../src/target/fds/netTables.js';
import { imageBases, parseMaps, widestGap } from '../../../src/target/maps.js';
import { parsePasswd } from '../../../src/target/passwd.js';
import { parseLastRan } from '../../../src/target/processorClock.js';
import { parseLostTimes } from '../../../src/target/schedulerClock.js';
import { decodeSockaddr } from '../../../src/target/sockaddr.js';
import { parseStat } from '../../../src/target/stat.js';
import { parseStatus } from '../../../src/target/status.js';
import { decodeSystemCall, parseSystemCall } from '../../../src/target/syscalls/decode.js';
import { allowing, fuzz } from '../../support/fuzz.js';

const text = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
};
const fdinfos = [
  'pos:\t0\nflags:\t02\nmnt_id:\t16\neventfd-count:                1\neventfd-id: 4\n',
  'pos:\t0\nflags:\t02\ntfd:        5 events:       19 data:     5  pos:0 ino:61af sdev:7\n',
  'pos:\t0\nflags:\t02\nclockid: 1\nticks: 0\nsettime flags: 01\nit_value: (0, 49406829)\nit_interval: (1, 0)\n',
  'pos:\t0\nflags:\t02\nsigmask:\t0000000000000006\n',
  'pos:\t0\nflags:\t02\ninotify wd:3 ino:9e7e sdev:800013 mask:800afce ignored_mask:0 fhandle-bytes:8\n',
  'pos:\t0\nflags:\t02\nPid:\t12\nNSpid:\t12\n',
].map((sample) => Buffer.from(sample));
const tables: NetTableName[] = ['tcp', 'tcp6', 'udp', 'udp6', 'unix', 'netlink', 'packet'];

describe('whatever stands in /proc, reading it does not fail', () => {
  test.each<[string, Buffer[], (text: string) => unknown]>([
    [
      'stat',
      [text('/proc/self/stat'), text('/proc/1/stat')],
      (line) => allowing(['Error'], () => parseStat(line)),
    ],
    ['status', [text('/proc/self/status')], parseStatus],
    [
      'maps',
      [text('/proc/self/maps').subarray(0, 8000)],
      (maps) => [imageBases(parseMaps(maps)), widestGap(parseMaps(maps), 4096n)],
    ],
    ['cmdline', [text('/proc/self/cmdline')], parseCommandLine],
    ['sched', [text('/proc/self/sched')], parseLastRan],
    ['sched_debug', [text('/proc/schedstat')], parseLostTimes],
    ['passwd', [text('/etc/passwd')], parsePasswd],
    [
      'syscall',
      [
        '0 0x3 0x7f00 0x1000 0x0 0x0 0x0 0x7ffc 0x7f01',
        '202 0x7f 0x80 0x0 0x0 0x0 0xffffffff 0x7f 0x7f',
        'running',
      ].map((sample) => Buffer.from(sample)),
      (line) => {
        const call = parseSystemCall(line);
        return call === null ? null : decodeSystemCall(call, null);
      },
    ],
    [
      'fdinfo',
      [...fdinfos, ...readdirSync('/proc/self/fdinfo').map((fd) => text(`/proc/self/fdinfo/${fd}`))],
      (info) => [
        parseFdFlags(Number.parseInt(infoField(info, 'flags') ?? '', 8)),
        ...[
          describeEpoll,
          describeEventfd,
          describeInotify,
          describePidfd,
          describeSignalfd,
          describeTimerfd,
        ].map((describes) => describes(info)),
      ],
    ],
  ])('%s', async (_, samples, parse) => {
    await fuzz(samples, (data) => parse(data.toString('utf8')));
  });

  test.each(tables)('net/%s', async (name) => {
    await fuzz([text(`/proc/net/${name}`).subarray(0, 4000)], (data) =>
      parseNetTable(name, data.toString('utf8')),
    );
  });

  test('the address of a socket', async () => {
    await fuzz([Buffer.from('0200005000000000', 'hex'), Buffer.alloc(28, 10)], decodeSockaddr);
  });
});
