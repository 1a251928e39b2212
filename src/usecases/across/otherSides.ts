import { NetTables } from '../../target/fds/netTables.js';
import { infoField } from '../../target/fds/openFd.js';
import { tcpPeer } from '../../target/fds/peers.js';
import { describePidfd } from '../../target/fds/pidfd.js';
import { inodeInLink, type PipeHolder } from '../../target/fds/pipe.js';
import { unixPeers, type PeerSocket } from '../../target/fds/unixPeers.js';
import { tryReadLink, tryReadProc } from '../../target/procFile.js';
import { polls, reads, writes } from '../../why/systemCallWaits.js';
import type { BlockedThread } from './blockedProcess.js';

/** Who can do something about an open file that a thread waits for: who has a file open with an access, or a process. */
export type Side =
  | { readonly kind: 'file'; readonly link: string; readonly access: PipeHolder['access'] }
  | { readonly kind: 'process'; readonly pid: number };

/** An open file that is waited for. */
interface Waited {
  readonly fd: number;
  /** To read from it, to write to it; null: for whatever its end of a pipe is for. */
  readonly to: 'read' | 'write' | null;
}

/** The other sides of what threads of a process wait for. What is read for one of them serves all. */
export class OtherSides {
  private readonly directory: string;
  private readonly net: NetTables;
  private unix: ReadonlyMap<number, PeerSocket> | null = null;

  constructor(pid: number) {
    this.directory = `/proc/${pid}`;
    this.net = new NetTables(this.directory);
  }

  /** Those of all that a thread waits for in a call on descriptors; null: it is another call, or one of them is not known. */
  of(thread: BlockedThread): Side[] | null {
    const waited = this.waitedBy(thread);
    if (waited === null || waited.length === 0) return null;
    const sides = waited.map((each) => this.sideOf(each));
    return sides.includes(null) ? null : sides.filter((side) => side !== null);
  }

  private waitedBy({ call: { name, fds } }: BlockedThread): Waited[] | null {
    if (reads.test(name)) return fds.map((fd) => ({ fd, to: 'read' }));
    if (writes.test(name)) return fds.map((fd) => ({ fd, to: 'write' }));
    if (!polls.test(name)) return null;
    const polled = name.startsWith('epoll') ? fds.map((fd) => this.interestOf(fd)) : [fds];
    return polled.includes(null)
      ? null
      : polled.flatMap((each) => (each ?? []).map((fd) => ({ fd, to: null })));
  }

  /**
   * The descriptors that an epoll is for. Null: one of them is not the file any more that was added by its number; that
   * one still counts, as long as anybody has it open (epoll(7)).
   */
  private interestOf(epoll: number): number[] | null {
    const lines = this.info(epoll).matchAll(/^tfd: +(\d+) .* ino:([0-9a-f]+) /gm);
    const entries = [...lines].map(([, fd, inode]) => ({
      fd: Number(fd),
      inode: Number.parseInt(inode ?? '', 16),
    }));
    return entries.every(({ fd, inode }) => this.inodeOf(fd) === inode) ? entries.map(({ fd }) => fd) : null;
  }

  private sideOf({ fd, to }: Waited): Side | null {
    const link = this.link(fd);
    if (link.startsWith('socket:')) return this.peerOf(link, to !== 'write');
    if (link.startsWith('pipe:')) {
      const access = (to ?? this.endOf(fd)) === 'read' ? 'write' : 'read';
      return { kind: 'file', link, access };
    }
    if (!/^(pidfd:|anon_inode:\[pidfd\])/.test(link)) return null;
    const { pid } = describePidfd(this.info(fd));
    return pid === null ? null : { kind: 'process', pid };
  }

  /** The socket at the other end of one that is connected within this machine. */
  private peerOf(link: string, reading: boolean): Side | null {
    const inode = inodeInLink(link);
    const row = this.net.find([inode]).get(inode);
    if (row?.family === 'AF_UNIX') {
      this.unix ??= unixPeers(this.directory);
      return sideWith(this.unix.get(inode)?.inode);
    }
    if (row?.type !== 'SOCK_STREAM') return null;
    const peer = tcpPeer(row.local, row.remote, this.net);
    const other = peer === null ? undefined : this.net.find([peer]).get(peer);
    // What is sent may be on its way still, held back for a moment (tcp(7), TCP_NODELAY).
    return reading && other?.sendQueue !== 0 ? null : sideWith(other?.inode);
  }

  private inodeOf(fd: number): number {
    return inodeInLink(this.link(fd)) || Number(infoField(this.info(fd), 'ino'));
  }

  private link(fd: number): string {
    return tryReadLink(`${this.directory}/fd/${fd}`) ?? '';
  }

  private endOf(fd: number): 'read' | 'write' {
    return /^flags:\s*\d*0$/m.test(this.info(fd)) ? 'read' : 'write';
  }

  private info(fd: number): string {
    return tryReadProc(`${this.directory}/fdinfo/${fd}`) ?? '';
  }
}

function sideWith(inode: number | undefined): Side | null {
  return inode === undefined ? null : { kind: 'file', link: `socket:[${inode}]`, access: 'both' };
}
