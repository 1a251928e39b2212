import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { errors } from '../../errors.js';
import { readingError } from '../permission.js';
import { defaultProcRoot, errorCode, listNumbers, readProc } from '../procFile.js';
import { liveDirectory } from '../liveDirectory.js';
import { parseFdFlags } from './fdFlags.js';

/** One entry of /proc/PID/fd and what belongs to it, as the kernel says it; not yet understood. */
export interface OpenFd {
  fd: number;
  /** The link: "/var/log/app.log", "socket:[1234]", "anon_inode:[eventpoll]". */
  target: string;
  flags: string[];
  closeOnExec: boolean;
  access: 'read' | 'write' | 'both';
  /** In bytes; exact up to 2^53. */
  offset: number;
  /** The text of /proc/PID/fdinfo/FD (proc_pid_fdinfo(5)). */
  info: string;
  /** Of what is in a file system; null for pipes, sockets and others that the kernel made up. */
  stat: FdStat | null;
}

export interface FdStat {
  type: 'file' | 'directory' | 'device' | 'fifo' | 'other';
  /** Of a device: its number. */
  major: number;
  size: number;
  /** Null beyond 2^53. */
  inode: number | null;
  /** The name under which it was opened is gone. */
  deleted: boolean;
}

/** It was there, but could not be read. */
export interface UnreadableFd {
  fd: number;
  error: string;
}

export interface FdTable {
  pid: number;
  procRoot: string;
  /** Of a thread that has the files open: /proc/PID, or /proc/PID/task/TID when the main thread has ended. */
  directory: string;
  open: OpenFd[];
  unreadable: UnreadableFd[];
}

/**
 * Reads the table of open files of a process, ascending. Those closed meanwhile are left out; those that could not be
 * read are told apart.
 * @throws SleeperError when the process is gone or this user may not read any of it
 */
export function readFdTable(pid: number, options: { procRoot?: string } = {}): FdTable {
  const procRoot = options.procRoot ?? defaultProcRoot;
  const directory = liveDirectory(pid, procRoot);
  const table: FdTable = { pid, procRoot, directory, open: [], unreadable: [] };
  for (const fd of listFds(pid, procRoot, directory)) {
    try {
      table.open.push(readFd(directory, fd));
    } catch (error) {
      if (isGone(error)) continue;
      table.unreadable.push({ fd, error: errorCode(error) || String(error) });
    }
  }
  // If it ended meanwhile, what was read is not the whole.
  liveDirectory(pid, procRoot);
  // Who may list the descriptors, as root with few capabilities may, need not be allowed to see what they are.
  const denied = table.unreadable.length > 0 && table.unreadable.every(({ error }) => isDenied(error));
  if (denied && table.open.length === 0) throw readingError(pid, procRoot);
  return table;
}

/** The table as if these were not open. */
export function withoutFds(table: FdTable, fds: readonly number[]): FdTable {
  return { ...table, open: table.open.filter(({ fd }) => !fds.includes(fd)) };
}

function listFds(pid: number, procRoot: string, directory: string): number[] {
  try {
    return listNumbers(`${directory}/fd`);
  } catch (error) {
    if (isGone(error)) throw errors.noSuchProcess(pid);
    throw isDenied(errorCode(error)) ? readingError(pid, procRoot) : error;
  }
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes(errorCode(error));
}

function isDenied(code: string): boolean {
  return code === 'EACCES' || code === 'EPERM';
}

export const isSocket = ({ target }: Pick<OpenFd, 'target'>): boolean => target.startsWith('socket:');
export const isPipe = ({ target, stat }: Pick<OpenFd, 'target' | 'stat'>): boolean =>
  target.startsWith('pipe:') || stat?.type === 'fifo';

/** The descriptors that are sockets and pipes: the agent can tell more of these. */
export function fdsKnownInside(table: FdTable): number[] {
  return table.open.filter((entry) => isSocket(entry) || isPipe(entry)).map(({ fd }) => fd);
}

/** The value of a line "name:   value" of fdinfo, or null. */
export function infoField(info: string, name: string): string | null {
  for (const line of info.split('\n')) {
    if (line.startsWith(name) && line.charAt(name.length) === ':') return line.slice(name.length + 1).trim();
  }
  return null;
}

function readFd(directory: string, fd: number): OpenFd {
  const link = `${directory}/fd/${String(fd)}`;
  const target = readlinkSync(link);
  const info = readProc(`${directory}/fdinfo/${String(fd)}`);
  return {
    fd,
    target,
    ...parseFdFlags(Number.parseInt(infoField(info, 'flags') ?? '0', 8)),
    offset: Number(infoField(info, 'pos') ?? 0),
    info,
    stat: target.startsWith('/') ? readStat(link, directory, target) : null,
  };
}

/** stat(2) through the link reaches the open file itself, whatever has become of its name. */
function readStat(link: string, directory: string, target: string): FdStat | null {
  const stat = statSync(link, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return null;
  const type = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'directory'
      : stat.isCharacterDevice() || stat.isBlockDevice()
        ? 'device'
        : stat.isFIFO()
          ? 'fifo'
          : 'other';
  const inode = Number(stat.ino);
  return {
    type,
    // makedev(3): the lower 12 bits of the major number.
    major: Number((stat.rdev >> 8n) & 0xfffn),
    size: Number(stat.size),
    inode: Number.isSafeInteger(inode) ? inode : null,
    deleted: target.endsWith(' (deleted)') && (stat.nlink === 0n || !exists(`${directory}/root${target}`)),
  };
}

/** A file may really be called "x (deleted)". */
function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
