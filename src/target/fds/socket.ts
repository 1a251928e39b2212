import type { SocketDetails } from '../../model/agentReport.js';
import { decodeSockaddr, familyName, socketTypeName } from '../sockaddr.js';
import type { Endpoint, KindMembers } from './common.js';
import type { NetRow } from './netTables.js';
import { finInFlight, tcpStateName, withoutControl } from './tcpStates.js';

const AF_NETLINK = 16;
const POLLERR = 8;

/**
 * A socket: what the agent saw from inside counts, for it holds in every network namespace; what it does not tell is
 * taken from /proc/PID/net.
 */
export function describeSocket(
  inode: number,
  inside: SocketDetails | null,
  outside: NetRow | null,
  others: Endpoint[],
): KindMembers<'socket'> {
  const fromInside = inside === null ? null : describeInside(inside);
  const family = fromInside?.family ?? outside?.family ?? null;
  return {
    kind: 'socket',
    inode,
    family,
    type: fromInside?.type ?? outside?.type ?? null,
    local: fromInside?.local ?? outside?.local ?? null,
    remote: fromInside?.remote ?? outside?.remote ?? null,
    state: fromInside?.state ?? outside?.state ?? null,
    receiveQueue: inside?.receiveQueue ?? outside?.receiveQueue ?? null,
    // Of a UNIX socket the kernel counts the memory of its buffers: there is no number of bytes.
    sendQueue: family === 'AF_UNIX' ? null : (fromInside?.sendQueue ?? outside?.sendQueue ?? null),
    backlog: inside?.backlog ?? null,
    errorPending: inside === null ? null : (inside.poll & POLLERR) !== 0,
    peerPid: inside?.peerPid ?? null,
    others,
  };
}

function describeInside(details: SocketDetails) {
  const { family, type } = details;
  return {
    family: family === undefined ? null : familyName(family),
    type: type === undefined ? null : socketTypeName(type),
    local: addressText(details.local),
    remote: family === AF_NETLINK ? null : addressText(details.remote),
    state: stateOf(details),
    sendQueue: sentBytes(details),
  };
}

/** SIOCOUTQ of TCP counts a FIN that is not yet acknowledged as a byte. */
function sentBytes({ sendQueue, tcpState }: SocketDetails): number | null {
  if (sendQueue === undefined) return null;
  return tcpState === undefined ? sendQueue : withoutControl(sendQueue, tcpState, finInFlight);
}

/** "LISTEN", a state of TCP, else "CONNECTED" when it has a peer, though perhaps one without a name. */
function stateOf(details: SocketDetails): string | null {
  if (details.tcpState !== undefined) return tcpStateName(details.tcpState);
  if (details.listening === true) return 'LISTEN';
  const { family } = details;
  if (family !== 1 && family !== 2 && family !== 10) return null;
  return details.remote === undefined ? 'UNCONNECTED' : 'CONNECTED';
}

/** Null for an address that names nothing: "0.0.0.0:0" and "[::]:0" are those of a socket that is not bound. */
function addressText(hex: string | undefined): string | null {
  const text = hex === undefined ? null : decodeSockaddr(Buffer.from(hex, 'hex'));
  return text === '0.0.0.0:0' || text === '[::]:0' ? null : text;
}
