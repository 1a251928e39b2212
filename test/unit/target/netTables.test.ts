import { describe, expect, test } from '@jest/globals';
import { parseInetAddress, parseNetTable, type NetTables } from '../../../src/target/fds/netTables.js';
import { tcpPeer } from '../../../src/target/fds/peers.js';

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 1588 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C001 08 00000000:00000005 00:00000000 00000000  1000        0 1600 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:C001 0100007F:1F90 05 0000000A:00000000 00:00000000 00000000  1000        0 1601 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:C002 0100007F:1F90 06 00000000:00000000 03:00000D7A 00000000     0        0 0 3 0000000000000000
`;

test('tcp', () => {
  expect(parseNetTable('tcp', tcp)).toMatchObject([
    {
      inode: 1588,
      family: 'AF_INET',
      local: '127.0.0.1:8080',
      remote: null,
      state: 'LISTEN',
      receiveQueue: null,
    },
    { inode: 1600, remote: '127.0.0.1:49153', state: 'CLOSE_WAIT', receiveQueue: 4, sendQueue: 0 },
    { inode: 1601, state: 'FIN_WAIT2', sendQueue: 10 },
    { inode: 0, state: 'TIME_WAIT' },
  ]);
});

/** As recorded from sockets that asked SIOCINQ and SIOCOUTQ at the same time; but for the FIN, see above. */
test.each([
  ['ESTABLISHED', '01', '00000007:00000005', 7, 5],
  ['SYN_SENT', '02', '00000001:00000000', 0, 0],
  ['FIN_WAIT1', '04', '003AF38F:00000000', 0x3af38e, 0],
  ['FIN_WAIT2', '05', '00000000:00007FE5', 0, 0x7fe5],
  ['CLOSE_WAIT, not yet read', '08', '00000000:00000006', 0, 5],
  ['CLOSE_WAIT, only the end is left', '08', '00000000:00000001', 0, 0],
  ['CLOSE_WAIT, the end was read', '08', '00000000:00000000', 0, 0],
  ['LAST_ACK', '09', '00000003:00000002', 2, 1],
  ['CLOSING', '0B', '003AF38F:00000001', 0x3af38e, 0],
])('tcp: SYN and FIN are no bytes: %s', (_, state, queues, sendQueue, receiveQueue) => {
  const text = `header\n 0: 0100007F:1F90 0100007F:C001 ${state} ${queues} 00:00000000 00000000 0 0 1600\n`;
  expect(parseNetTable('tcp', text)).toMatchObject([{ sendQueue, receiveQueue }]);
  expect(parseNetTable('tcp6', text)).toMatchObject([{ sendQueue, receiveQueue }]);
});

describe('the peer of a connection of this machine with itself', () => {
  const tables = {
    rows: (name: string) => (name === 'tcp' ? parseNetTable('tcp', tcp) : []),
  } as unknown as NetTables;

  test('has the same addresses, the other way round', () => {
    expect(tcpPeer('127.0.0.1:8080', '127.0.0.1:49153', tables)).toBe(1601);
    expect(tcpPeer('[::ffff:127.0.0.1]:49153', '[::ffff:127.0.0.1]:8080', tables)).toBe(1600);
  });
  test('TIME_WAIT belongs to nobody, and a listening socket is no peer', () => {
    expect(tcpPeer('127.0.0.1:8080', '127.0.0.1:49154', tables)).toBeNull();
    expect(tcpPeer('127.0.0.1:8080', null, tables)).toBeNull();
  });
});

test('addresses of IPv6 are four words in the order of the machine', () => {
  expect(parseInetAddress('00000000000000000000000001000000:0050')).toBe('[::1]:80');
  expect(parseInetAddress('B80D0120000000000000000001000000:01BB')).toBe('[2001:db8::1]:443');
  expect(parseInetAddress('0000000000000000FFFF00000100007F:0050')).toBe('[::ffff:127.0.0.1]:80');
  expect(parseInetAddress('00000000000000000000000000000000:0000')).toBeNull();
  expect(parseInetAddress('00000000:0016')).toBe('0.0.0.0:22');
  expect(parseInetAddress('junk')).toBeNull();
});

test('udp: connected or not', () => {
  const text = `   sl  local_address rem_address   st tx_queue rx_queue
 7731: 0100007F:8C88 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 9 2 0000000000000000 0
  100: 0100007F:8C89 08080808:0035 01 00000000:00000000 00:00000000 00000000     0        0 10 2 0000000000000000 0
`;
  expect(parseNetTable('udp', text)).toMatchObject([
    { inode: 9, type: 'SOCK_DGRAM', state: 'UNCONNECTED', receiveQueue: 768 },
    { inode: 10, state: 'CONNECTED', remote: '8.8.8.8:53' },
  ]);
});

test('unix: paths with spaces, abstract names, none', () => {
  const text = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01  1585 /run/a b.sock
0000000000000000: 00000003 00000000 00000000 0002 01 102020 @abstract
0000000000000000: 00000003 00000000 00000000 0005 03 102019
`;
  expect(parseNetTable('unix', text)).toMatchObject([
    { inode: 1585, type: 'SOCK_STREAM', local: '/run/a b.sock', state: 'LISTEN' },
    { inode: 102020, type: 'SOCK_DGRAM', local: '@abstract', state: 'UNCONNECTED' },
    { inode: 102019, type: 'SOCK_SEQPACKET', local: null, state: 'CONNECTED' },
  ]);
});

test('unix: a name with lines of its own is one name, and cannot tell of another socket', () => {
  const text = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000003 00000000 00000000 0001 03  7 /run/a

b
0000000000000000: 00000002 00000000 00000000 0001 01  8 @victim
0000000000000000: 00000002 00000000 00000000 0002 01  9 @x
0000000000000000: 00000002 00000000 00010000 0001 01 8 /run/forged.sock
0000000000000000: 00000003 00000000 00000000 0001 03 10
`;
  expect(parseNetTable('unix', text).map(({ inode, local }) => [inode, local])).toEqual([
    [7, '/run/a\n\nb'],
    [9, '@x'],
    [10, null],
  ]);
});

test('netlink, packet', () => {
  expect(
    parseNetTable(
      'netlink',
      'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n' +
        '00000000da80577b 0   3761       00000011 12       0        0     2        0        102017  \n',
    ),
  ).toMatchObject([{ inode: 102017, local: 'pid 3761 groups 0x11', receiveQueue: 12 }]);
  expect(
    parseNetTable(
      'packet',
      'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n' +
        '000000006b93c957 3      3    0003   2     1 640    0      102018\n',
    ),
  ).toMatchObject([
    { inode: 102018, type: 'SOCK_RAW', local: 'protocol 0x0003 interface 2', receiveQueue: 640 },
  ]);
});
