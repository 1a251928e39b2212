import { expect, test } from '@jest/globals';
import { decodeSockaddr, familyName, formatIpv6, socketTypeName } from '../../../src/target/sockaddr.js';

test.each([
  ['02001f907f0000010000000000000000', '127.0.0.1:8080'],
  ['0a0000500000000000000000000000000000000000000001 00000000', '[::1]:80'],
  ['0a00005000000000fe8000000000000000000000000000 01 02000000', '[fe80::1%2]:80'],
  ['0a0001bb0000000000000000000000000000ffffc0000201 00000000', '[::ffff:192.0.2.1]:443'],
  [`0100${Buffer.from('/run/a b.sock\0junk').toString('hex')}`, '/run/a b.sock'],
  [`0100${Buffer.from('/run/x').toString('hex')}`, '/run/x'],
  [`010000${Buffer.from('abstract').toString('hex')}`, '@abstract'],
  ['0100', null],
  [`0100${'00'.repeat(108)}`, null],
  ['10000000d204000005000000', 'pid 1234 groups 0x5'],
  ['110000030200000001000000', 'protocol 0x0003 interface 2'],
  ['28000000 00040000 ffffffff', 'vsock *:1024'],
  ['1f00abcd', 'AF_BLUETOOTH abcd'],
  ['02', null],
  ['', null],
  ['0200', null],
])('%s', (hex, text) => {
  expect(decodeSockaddr(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBe(text);
});

test.each([
  ['00000000000000000000000000000000', '::'],
  ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['20010db8000100010001000100010001', '2001:db8:1:1:1:1:1:1'],
  ['20010db8000000010000000000000000', '2001:db8:0:1::'],
  ['00010000000200000003000000040000', '1:0:2:0:3:0:4:0'],
])('IPv6 %s', (hex, text) => {
  expect(formatIpv6(Buffer.from(hex, 'hex'))).toBe(text);
});

test('numbers without a name', () => {
  expect([familyName(1), familyName(99), socketTypeName(5), socketTypeName(0)]).toEqual([
    'AF_UNIX',
    'family 99',
    'SOCK_SEQPACKET',
    'type 0',
  ]);
});
