import { formatIpv6, socketTypeName } from '../sockaddr.js';
import { tryReadProc } from '../procFile.js';
import { controlInFlight, finReceived, tcpStateName, withoutControl } from './tcpStates.js';

/** What /proc/PID/net tells of a socket (proc_pid_net(5)): those of the network namespace of the process. */
export interface NetRow {
  inode: number;
  family: string;
  type: string | null;
  local: string | null;
  remote: string | null;
  state: string | null;
  receiveQueue: number | null;
  sendQueue: number | null;
}

export type NetTableName =
  'tcp' | 'tcp6' | 'udp' | 'udp6' | 'raw' | 'raw6' | 'icmp' | 'icmp6' | 'unix' | 'netlink' | 'packet';

/** In the order in which they are looked through: the usual ones first. */
const order: NetTableName[] = [
  'tcp',
  'unix',
  'tcp6',
  'udp',
  'udp6',
  'netlink',
  'packet',
  'raw',
  'raw6',
  'icmp',
  'icmp6',
];

/** The tables of one network namespace, each read once and only when it is needed. */
export class NetTables {
  private readonly tables = new Map<NetTableName, NetRow[]>();

  /** @param directory of a process or thread in /proc */
  constructor(private readonly directory: string) {}

  rows(name: NetTableName): NetRow[] {
    let rows = this.tables.get(name);
    if (rows === undefined) {
      rows = parseNetTable(name, tryReadProc(`${this.directory}/net/${name}`) ?? '');
      this.tables.set(name, rows);
    }
    return rows;
  }

  /** The rows of these sockets, by inode. Stops reading when all are found. */
  find(inodes: Iterable<number>): Map<number, NetRow> {
    const missing = new Set(inodes);
    const found = new Map<number, NetRow>();
    for (const name of order) {
      if (missing.size === 0) break;
      for (const row of this.rows(name)) {
        if (missing.delete(row.inode)) found.set(row.inode, row);
      }
    }
    return found;
  }
}

export function parseNetTable(name: NetTableName, text: string): NetRow[] {
  if (name === 'unix') return parseUnixTable(text);
  const lines = text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
  switch (name) {
    case 'netlink':
      return lines.map(parseNetlinkLine);
    case 'packet':
      return lines.map(parsePacketLine);
    default:
      return lines.map((line) => parseInetLine(name, line));
  }
}

const inetTypes = { tcp: 'SOCK_STREAM', udp: 'SOCK_DGRAM', raw: 'SOCK_RAW', icmp: 'SOCK_DGRAM' } as const;

/** " 0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1588 ..." */
function parseInetLine(name: Exclude<NetTableName, 'unix' | 'netlink' | 'packet'>, line: string): NetRow {
  const [, local = '', remote = '', state = '0', queues = ''] = line.trim().split(/\s+/);
  const inode = line.trim().split(/\s+/)[9];
  const protocol = name.replace('6', '') as keyof typeof inetTypes;
  const number = Number.parseInt(state, 16);
  const remoteText = parseInetAddress(remote);
  const [send = '', receive = ''] = queues.split(':');
  const tcp = protocol === 'tcp';
  const queue = (hex: string, states: readonly string[]): number | null => {
    const length = Number.parseInt(hex, 16);
    if (!tcp) return length;
    // Of a listening socket they count connections, not bytes.
    return tcpStateName(number) === 'LISTEN' ? null : withoutControl(length, number, states);
  };
  return {
    inode: Number(inode),
    family: name.endsWith('6') ? 'AF_INET6' : 'AF_INET',
    type: inetTypes[protocol],
    local: parseInetAddress(local),
    remote: remoteText,
    state: tcp ? tcpStateName(number) : remoteText === null ? 'UNCONNECTED' : 'CONNECTED',
    receiveQueue: queue(receive, finReceived),
    sendQueue: queue(send, controlInFlight),
  };
}

/** "0100007F:1F90": 32-bit words in the machine's (little-endian) order, then the port. Null: not bound, no peer. */
export function parseInetAddress(text: string): string | null {
  const [words = '', portText = ''] = text.split(':');
  const bytes = Buffer.from(words, 'hex');
  const port = Number.parseInt(portText, 16);
  if (bytes.every((byte) => byte === 0) && port === 0) return null;
  if (bytes.length === 4) return `${bytes.reverse().join('.')}:${String(port)}`;
  return bytes.length === 16 ? `[${formatIpv6(bytes.swap32())}]:${String(port)}` : null;
}

/** include/uapi/linux/net.h, socket_state */
const unixStates = ['FREE', 'UNCONNECTED', 'CONNECTING', 'CONNECTED', 'DISCONNECTING'];
const SO_ACCEPTCON = 0x10000;

/**
 * "0000000000000000: 00000002 00000000 00010000 0001 01 1585 /run/x.sock"; unix_seq_show(), net/unix/af_unix.c. A name
 * may contain what it likes.
 */
const unixLine =
  /^[\da-f]+: [\dA-F]{8} [\dA-F]{8} ([\dA-F]{8}) ([\dA-F]{4}) ([\dA-F]{2}) +(\d+)(?: ([^]*))?$/;

/** The name of a socket may have lines of its own, even such as tell of another socket: of two rows neither is believed. */
function parseUnixTable(text: string): NetRow[] {
  const entries: string[] = [];
  for (const line of text.replace(/\n$/, '').split('\n').slice(1)) {
    const last = entries.at(-1);
    if (last === undefined || unixLine.test(line)) entries.push(line);
    else entries[entries.length - 1] = `${last}\n${line}`;
  }
  const rows = entries.map(parseUnixEntry);
  const told = new Map<number, number>();
  for (const { inode } of rows) told.set(inode, (told.get(inode) ?? 0) + 1);
  return rows.filter(({ inode }) => told.get(inode) === 1);
}

function parseUnixEntry(entry: string): NetRow {
  const [, flags = '0', type = '0', state = '0', inode, path] = unixLine.exec(entry) ?? [];
  const listening = (Number.parseInt(flags, 16) & SO_ACCEPTCON) !== 0;
  return {
    inode: Number(inode ?? 0),
    family: 'AF_UNIX',
    type: socketTypeName(Number.parseInt(type, 16)),
    local: path ?? null,
    remote: null,
    state: listening ? 'LISTEN' : (unixStates[Number.parseInt(state, 16)] ?? null),
    receiveQueue: null,
    sendQueue: null,
  };
}

/** "sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode" */
function parseNetlinkLine(line: string): NetRow {
  const [, , port = '0', groups = '0', receive, send, , , , inode] = line.trim().split(/\s+/);
  return {
    inode: Number(inode),
    family: 'AF_NETLINK',
    type: 'SOCK_RAW',
    local: `pid ${port} groups 0x${Number.parseInt(groups, 16).toString(16)}`,
    remote: null,
    state: null,
    receiveQueue: Number(receive),
    sendQueue: Number(send),
  };
}

/** "sk RefCnt Type Proto Iface R Rmem User Inode" */
function parsePacketLine(line: string): NetRow {
  const [, , type = '0', protocol = '0', networkInterface, , receive, , inode] = line.trim().split(/\s+/);
  return {
    inode: Number(inode),
    family: 'AF_PACKET',
    type: socketTypeName(Number(type)),
    local: `protocol 0x${protocol} interface ${networkInterface ?? '0'}`,
    remote: null,
    state: null,
    receiveQueue: Number(receive),
    sendQueue: null,
  };
}
