/** Socket addresses (struct sockaddr of the kernel, little-endian machines) as text. */

/** Address families by number (linux/socket.h). */
const families = new Map([
  [0, 'AF_UNSPEC'],
  [1, 'AF_UNIX'],
  [2, 'AF_INET'],
  [10, 'AF_INET6'],
  [15, 'AF_KEY'],
  [16, 'AF_NETLINK'],
  [17, 'AF_PACKET'],
  [21, 'AF_RDS'],
  [29, 'AF_CAN'],
  [30, 'AF_TIPC'],
  [31, 'AF_BLUETOOTH'],
  [38, 'AF_ALG'],
  [40, 'AF_VSOCK'],
  [41, 'AF_KCM'],
  [43, 'AF_SMC'],
  [44, 'AF_XDP'],
]);

const types = new Map([
  [1, 'SOCK_STREAM'],
  [2, 'SOCK_DGRAM'],
  [3, 'SOCK_RAW'],
  [4, 'SOCK_RDM'],
  [5, 'SOCK_SEQPACKET'],
  [6, 'SOCK_DCCP'],
  [10, 'SOCK_PACKET'],
]);

export function familyName(family: number): string {
  return families.get(family) ?? `family ${String(family)}`;
}

export function socketTypeName(type: number): string {
  return types.get(type) ?? `type ${String(type)}`;
}

/**
 * A struct sockaddr as text: "127.0.0.1:80", "[::1]:80", "[fe80::1%2]:80", "/run/x.sock", "@abstract".
 * Null for one that names nothing: an unnamed UNIX socket, or too short.
 */
export function decodeSockaddr(data: Buffer): string | null {
  if (data.length < 2) return null;
  const family = data.readUInt16LE(0);
  switch (family) {
    case 1:
      return decodeUnixPath(data.subarray(2));
    case 2:
      if (data.length < 8) return null;
      return `${data.subarray(4, 8).join('.')}:${String(data.readUInt16BE(2))}`;
    case 10: {
      if (data.length < 24) return null;
      const scope = data.length >= 28 ? data.readUInt32LE(24) : 0;
      const address = formatIpv6(data.subarray(8, 24));
      return `[${address}${scope === 0 ? '' : `%${String(scope)}`}]:${String(data.readUInt16BE(2))}`;
    }
    case 16:
      if (data.length < 12) return null;
      return `pid ${String(data.readUInt32LE(4))} groups 0x${data.readUInt32LE(8).toString(16)}`;
    case 17:
      if (data.length < 8) return null;
      return `protocol 0x${data.readUInt16BE(2).toString(16).padStart(4, '0')} interface ${String(data.readInt32LE(4))}`;
    case 40:
      if (data.length < 12) return null;
      return `vsock ${cid(data.readUInt32LE(8))}:${port(data.readUInt32LE(4))}`;
    default:
      return `${familyName(family)} ${data.subarray(2).toString('hex')}`;
  }
}

const any = 0xffffffff;
const cid = (value: number) => (value === any ? '*' : String(value));
const port = cid;

/** sun_path: empty is unnamed, a leading NUL makes it abstract: the rest is then the name, NULs included. */
function decodeUnixPath(path: Buffer): string | null {
  if (path.length === 0) return null;
  if (path[0] === 0) {
    return path.length === 1 || path.every((byte) => byte === 0) ? null : `@${path.toString('utf8', 1)}`;
  }
  const end = path.indexOf(0);
  return path.toString('utf8', 0, end < 0 ? path.length : end);
}

/** RFC 5952: lower case, the longest run of zeros as "::", an embedded IPv4 address in its own notation. */
export function formatIpv6(bytes: Buffer): string {
  const mapped = bytes.readBigUInt64BE(0) === 0n && bytes.readUInt32BE(8) === 0xffff;
  if (mapped) return `::ffff:${bytes.subarray(12, 16).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
