/** include/net/tcp_states.h, from 1 on */
const names = [
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
];

export function tcpStateName(state: number): string {
  return names[state - 1] ?? `state ${String(state)}`;
}

/** Our FIN is on its way. */
export const finInFlight = ['FIN_WAIT1', 'CLOSING', 'LAST_ACK'];
/** Our SYN or FIN is on its way. */
export const controlInFlight = ['SYN_SENT', 'SYN_RECV', ...finInFlight];
/** The FIN of the other side is there; the program may not have come to it. */
export const finReceived = ['CLOSE_WAIT', 'LAST_ACK', 'CLOSING'];

/**
 * The bytes of data in a queue of TCP, whose length the kernel tells as a difference of sequence numbers: there SYN and
 * FIN count as a byte each.
 * @param states in which one of them is in the queue
 */
export function withoutControl(queue: number, state: number, states: readonly string[]): number {
  return states.includes(tcpStateName(state)) ? Math.max(0, queue - 1) : queue;
}
