import { expect, test } from '@jest/globals';
import { parseUnixPeers } from '../../../src/target/fds/unixPeers.js';

test('the two ends of UNIX sockets, as ss tells them', () => {
  const text = `u_dgr ESTAB  0      0               * 77 * 76
u_dgr ESTAB  0      0               * 76 * 77
u_dgr ESTAB  0      0               * 55 * 1584
u_str ESTAB  12     0               * 79 * 80
u_str LISTEN 0      128    /tmp/a b:c 78 * 0
u_str ESTAB  0      0      /tmp/a b:c 80 * 79
u_str ESTAB  0      0      /tmp/x 90 * 79 91 * 0
u_str ESTAB  0      0      @abstract 93 /run/y 94
u_str ESTAB  0      0      /run/y 94 @abstract 93
`;
  expect([...parseUnixPeers(text)]).toEqual([
    [77, { inode: 76, unread: 0 }],
    [76, { inode: 77, unread: 0 }],
    [79, { inode: 80, unread: 0 }],
    [80, { inode: 79, unread: 12 }],
    [93, { inode: 94, unread: 0 }],
    [94, { inode: 93, unread: 0 }],
  ]);
  expect(parseUnixPeers('').size).toBe(0);
});
