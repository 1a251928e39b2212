import type { FileDescriptor } from '../model/fileDescriptor.js';
import { describeFd } from '../render/fdDetail.js';

/** Ports that say what is on the other side. */
const services: Readonly<Record<number, string>> = {
  22: 'ssh',
  25: 'SMTP',
  53: 'DNS',
  80: 'HTTP',
  389: 'LDAP',
  443: 'HTTPS',
  1433: 'SQL Server',
  1521: 'Oracle',
  2181: 'ZooKeeper',
  2379: 'etcd',
  3306: 'MySQL',
  4222: 'NATS',
  5432: 'PostgreSQL',
  5672: 'AMQP',
  6379: 'Redis',
  8500: 'Consul',
  9042: 'Cassandra',
  9092: 'Kafka',
  9200: 'Elasticsearch',
  11211: 'memcached',
  27017: 'MongoDB',
};

/** `fd 4: TCP 10.0.0.7:51234 -> 10.0.0.5:5432 ESTABLISHED (PostgreSQL), ...` */
export function descriptorText(number: number, fds: readonly FileDescriptor[] | null): string {
  const fd = fds?.find((each) => each.fd === number);
  if (fd === undefined) return `fd ${number}`;
  // Its siblings have the socket of a server, too: that is no news.
  const shown = fd.kind === 'socket' && fd.state === 'LISTEN' ? { ...fd, others: [] } : fd;
  const port = fd.kind === 'socket' ? /:(\d+)$/.exec(fd.remote ?? '')?.[1] : undefined;
  const service = services[Number(port)];
  return `fd ${number}: ${describeFd(shown)}${service === undefined ? '' : ` (${service}, by its port)`}`;
}
