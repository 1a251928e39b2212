import type { Frame } from '../model/agentReport.js';
import type { Thread } from '../model/snapshot.js';
import type { Value } from '../model/value.js';

/** The frames of a thread up to the first that could not be read, innermost first. */
export function framesOf({ python }: Thread): Frame[] {
  const frames: Frame[] = [];
  for (const frame of python?.frames ?? []) {
    if ('error' in frame) break;
    frames.push(frame);
  }
  return frames;
}

/** A variable of a frame, if it has it and it could be read. */
export function variable(frame: Frame, name: string): Value | null {
  const found = frame.variables?.find((each) => each.name === name);
  return found === undefined || 'error' in found ? null : found;
}

/** The object that a method works on. */
export function selfOf(frame: Frame): Value | null {
  return variable(frame, 'self');
}

/** The values of a list that could be read. */
export function readable<T extends object>(list: readonly T[] | undefined): Exclude<T, { error: string }>[] {
  return (list ?? []).filter((each): each is Exclude<T, { error: string }> => !('error' in each));
}

const library = new Set([
  ...['threading', 'queue', 'Queue', 'subprocess', 'selectors', 'select', 'signal', 'socket', 'ssl'],
  ...['socketserver', 'SocketServer', 'logging', 'concurrent', 'multiprocessing', 'asyncio'],
  ...['importlib', '_frozen_importlib', '_frozen_importlib_external', '_pyio', 'pkgutil'],
  ...['http', 'urllib', 'urllib2', 'httplib', 'xmlrpc', 'runpy', '_bootstrap', 'contextlib', 're'],
  ...['celery', 'billiard', 'kombu', 'redis', 'vine', 'click', 'urllib3', 'requests'],
]);

/** Is it a part of the standard library, or of Celery or requests, that programs wait in? What is in it is not what a person wrote. */
export function isLibrary({ module }: Frame): boolean {
  return module !== null && library.has(module.split('.')[0] ?? '');
}

/** What the library itself calls the function of a thread from. */
const beginning = /^(run|_?_?bootstrap|_?_?bootstrap_inner)$/;

/**
 * Where a thread is in the program: its innermost frame outside of the library; else the function of the library that
 * the thread runs.
 */
export function placeOf(thread: Thread): Frame | null {
  const frames = framesOf(thread);
  const own = frames.find((frame) => !isLibrary(frame));
  const run = frames.filter((frame) => frame.module !== 'threading' || !beginning.test(frame.function));
  return own ?? run.at(-1) ?? frames[0] ?? null;
}
