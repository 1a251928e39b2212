import type { KernelFacts } from '../model/kernelFacts.js';
import type { Thread } from '../model/snapshot.js';
import type { Finding } from '../model/why.js';
import { nativeText } from '../render/nativeFunctions.js';
import { duration } from '../render/units.js';
import { functionOf } from './libraryWaits.js';
import { framesOf, readable, variable } from './stack.js';
import type { ThreadWait } from './waits.js';
import { doing, nameOf } from './words.js';

/** The functions of re that have a pattern as an argument. */
const ofRe = /^re\.((prefix|full)?match|search|sub|subn|split|findall|finditer)$/;
/** What the engine of regular expressions is made of (Modules/_sre/sre.c); its functions bear the width of characters. */
const engine = /^(_?sre_|SRE\(|pattern_((prefix|full)?match|search|sub|subn|split|findall)|do_match)/;

/**
 * The regular expression that a running thread matches, as it is written; null: it matches none, or which is not known. A
 * compiled one is told if there is but one in sight.
 * @param functions the C functions that the thread is in
 */
export function matchOf(thread: Thread, functions: readonly string[]): string | null {
  const [frame] = framesOf(thread);
  if (frame === undefined) return null;
  const pattern = ofRe.test(functionOf(frame)) ? variable(frame, 'pattern') : null;
  if (pattern !== null) return pattern.repr;
  if (!functions.some((name) => engine.test(name))) return null;
  const compiled = readable(frame.variables).filter(({ type }) => /^(SRE_)?Pattern$/.test(type));
  return compiled.length === 1
    ? (/'pattern': (b?'.*?')[,}]/s.exec(compiled[0]?.repr ?? '')?.[1] ?? null)
    : null;
}

/** A thread that computes in C, with the GIL, for as long as one looks. It may come to an end: that is no hang. */
export function busy(waits: readonly ThreadWait[], { busy: watched }: KernelFacts): Finding[] {
  const holder = waits.find(({ thread, wait }) => wait === null && thread.tid === watched?.tid);
  if (holder === undefined || watched === null) return [];
  const { functions, afterMs, cpuMs, tid } = watched;
  const pattern = matchOf(holder.thread, functions);
  const starving = waits.filter(({ wait }) => wait?.for === 'gil').length;
  const text = [
    `busy: thread ${nameOf(holder.thread)} ${doing(holder)}${nativeText(functions)}, and was still there ${duration(afterMs)} later, after ${duration(cpuMs)} by its CPU clock`,
    ...(pattern === null ? [] : [`it matches the regular expression ${pattern}`]),
    ...(starving === 0
      ? []
      : [`${starving} ${starving === 1 ? 'thread waits' : 'threads wait'} for the GIL`]),
  ];
  return [{ kind: 'busy', hung: false, inferred: false, tids: [tid], text: text.join('; ') }];
}
