import { logKind, type LogRecord } from '../../src/agent/recordingLog.js';

function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [...varint(bytes.length), ...bytes];
}

function fields(record: LogRecord): number[] {
  switch (record.kind) {
    case 'forget':
      return [];
    case 'interpreter':
      return [record.id, record.locks, record.bytes].flatMap(varint);
    case 'code':
      return [
        ...[record.number, record.firstLine].flatMap(varint),
        ...text(record.name),
        ...text(record.file),
      ];
    case 'node':
      return [
        ...[record.number, record.parent, record.code],
        ...[record.line === null ? 0 : record.line + 1, record.entry ? 1 : 0, record.variables],
      ].flatMap(varint);
    case 'thread':
      return [record.number, record.interpreter, record.ident, record.tid].flatMap(varint);
    case 'name':
      return [...varint(record.thread), ...text(record.name)];
    case 'variables':
      return [...varint(record.number), ...text(record.text)];
    case 'sample':
      return [
        record.ns,
        ...record.changed.flatMap(({ thread, node, holdsGil }) => [thread + 1, node, holdsGil ? 1 : 0]),
        0,
        ...record.gone.map((thread) => thread + 1),
        0,
      ].flatMap(varint);
  }
}

/** A log as the agent would write it, by the grammar of agent-c/include/sleeper.h. */
export function logBytes(records: readonly LogRecord[]): Buffer {
  return Buffer.from(records.flatMap((record) => [logKind[record.kind], ...fields(record)]));
}
