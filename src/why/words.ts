import type { Frame } from '../model/agentReport.js';
import type { Thread } from '../model/snapshot.js';
import type { Value } from '../model/value.js';
import { placeOf } from './stack.js';
import { handlerOn } from './signalHandler.js';
import type { ThreadWait } from './waits.js';

/** A thread as it is spoken of: `"worker" (4711)`. */
export function nameOf(thread: Thread): string {
  const name = thread.python?.name ?? thread.kernel?.name ?? null;
  const id = thread.tid === null ? `ident ${thread.python?.ident ?? '?'}` : String(thread.tid);
  return name === null ? id : `"${name}" (${id})`;
}

/** A frame as it is spoken of: `transfer (app.py:27)`. The JSON has the whole path. */
export function frameText({ function: name, qualifiedName, file, line }: Frame): string {
  const base = file.slice(file.lastIndexOf('/') + 1);
  const shown = (qualifiedName ?? name).replace(/^.*<locals>\./, '');
  return `${shown} (${base}${line === null ? '' : `:${line}`})`;
}

/** ` in transfer (app.py:27)`, or nothing for a thread without Python frames. */
export function inPlace(thread: Thread): string {
  const frame = placeOf(thread);
  const handler = handlerOn(thread);
  const handling =
    handler === null
      ? ''
      : `, in the handler of ${handler.signal} that came in ${frameText(handler.interrupted)},`;
  return frame === null ? '' : ` in ${frameText(frame)}${handling}`;
}

/** An object as it is spoken of: `Queue 0x7f12a0`. 2.7 has an underscore in front of some classes. */
export function objectText({ type, address }: Value): string {
  return `${type.replace(/^_(?=[A-Z])/, '')} ${address}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** So many threads that may hold a lock are named. */
const mostNamed = 3;

/** By whom a wait could be ended: `, held by "worker" (4712)`. A thread that is to be joined is named already. */
function byWhom({ wait, on, holding: { mayHold, open } }: ThreadWait): string {
  if (wait?.heldBy?.how === 'gone') return ', whose owner is gone';
  if (on === null && mayHold.length > 0) {
    const who = mayHold.length > mostNamed ? `${mayHold.length} threads` : listed(mayHold.map(nameOf));
    if (open) return `, which ${who} may have`;
    return `, which ${who} ${mayHold.length === 1 ? 'has' : 'have'} within reach`;
  }
  if (on === null || wait?.heldBy === undefined || wait.heldBy === null) return '';
  const { how, inferred } = wait.heldBy;
  const seems = inferred ? ' (inferred)' : '';
  if (how === 'thread') return '';
  if (how === 'task') return `, which is up to ${nameOf(on)}${seems}`;
  return `, held by ${nameOf(on)}${seems}`;
}

/** `waits in transfer (app.py:27) for Lock 0x7f12, held by "worker" (4712)`, or `runs in transfer (app.py:27)`. */
export function doing(each: ThreadWait): string {
  const { thread, wait } = each;
  const gil = thread.gil === 'holds' ? ', with the GIL' : '';
  const place = inPlace(thread).replace(/,$/, '');
  if (wait === null) return `runs${place}${gil}`;
  const between = gil === '' ? inPlace(thread) : `${place}${gil},`;
  return `waits${between} for ${wait.what}${byWhom(each)}`;
}
