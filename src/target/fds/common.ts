import type { FileDescriptor } from '../../model/fileDescriptor.js';
import type { OpenFd } from './openFd.js';

/** The members that every kind of file descriptor has. */
export type CommonMembers = Pick<
  Extract<FileDescriptor, { kind: 'other' }>,
  'fd' | 'target' | 'flags' | 'closeOnExec' | 'blockedThreads'
>;

/** Another process's file descriptor, as `others` lists it. */
export type Endpoint = Extract<FileDescriptor, { kind: 'pipe' }>['others'][number];

/** The member of the union that covers a kind; one of them covers several. */
type OfKind<Kind, Union = FileDescriptor> = Union extends { kind: infer Kinds }
  ? Kind extends Kinds
    ? Union
    : never
  : never;

/** What an open file is, apart from the members that all have. */
export type KindMembers<Kind extends FileDescriptor['kind']> = Omit<OfKind<Kind>, keyof CommonMembers>;

/** Any of these. */
export type AnyKindMembers = DistributiveOmit<FileDescriptor, keyof CommonMembers>;

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

export function commonMembers(entry: OpenFd, blockedThreads: number[]): CommonMembers {
  const { fd, target, flags, closeOnExec } = entry;
  return { fd, target, flags, closeOnExec, blockedThreads };
}
