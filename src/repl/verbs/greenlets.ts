import type { Greenlet } from '../../model/greenlet.js';
import type { Snapshot } from '../../model/snapshot.js';
import { escapeUntrusted } from '../../render/escape.js';
import { renderGreenletGroup } from '../../render/greenlets.js';
import { styleOf } from '../../render/style.js';
import { renderTable, type Column } from '../../render/table.js';
import { forWhat, greenletName, greenletPlace, greenletWaits } from '../../why/greenletWaits.js';
import { frameText } from '../../why/words.js';
import type { ReplContext } from '../context.js';
import { unquoted } from '../parseLine.js';
import { message, type Outcome, type View } from '../outcome.js';
import type { Verb } from '../verb.js';
import { renderContextOf } from './place.js';

function table(greenlets: readonly Greenlet[], snapshot: Snapshot, view: View): string[] {
  const style = styleOf(view.colour);
  const waits = new Map(greenletWaits(snapshot).map((wait) => [wait.greenlet.address, wait]));
  const doing = ({ address, state }: Greenlet): string => {
    const wait = waits.get(address);
    return wait === undefined || wait.what === null ? state : `waits${forWhat(wait)}`;
  };
  const where = (greenlet: Greenlet): string => {
    const place = greenletPlace(greenlet);
    return place === null ? '' : frameText(place);
  };
  const columns: Column<Greenlet>[] = [
    {
      title: 'GREENLET',
      cell: (greenlet) => escapeUntrusted(greenletName(greenlet)),
      paint: (text) => style.heading(text),
    },
    { title: 'THREAD', cell: ({ tid }) => String(tid ?? '?') },
    { title: 'WHERE', cell: (greenlet) => escapeUntrusted(where(greenlet)) },
    { title: 'DOES', cell: (greenlet) => escapeUntrusted(doing(greenlet)) },
  ];
  return renderTable(greenlets, columns, view.width, 'wrap', (text) => style.faint(text));
}

async function greenlets(context: ReplContext, rest: string, signal: AbortSignal): Promise<Outcome> {
  const snapshot = await context.snapshot(signal);
  const wanted = unquoted(rest);
  const found = (snapshot.greenlets ?? []).filter(
    ({ name, address }) => wanted === '' || name === wanted || address === wanted,
  );
  if (found.length === 0) {
    return message(wanted === '' ? 'There are no greenlets.' : `There is no greenlet ${wanted}.`);
  }
  return {
    result: { kind: 'greenlets', greenlets: found },
    lines: (view) => {
      const out = greenletWaits(snapshot).filter(({ greenlet }) => found.includes(greenlet));
      return wanted === '' || out.length === 0
        ? table(found, snapshot, view)
        : out.flatMap((wait) => renderGreenletGroup([wait], renderContextOf(context, view)));
    },
  };
}

export const greenletVerbs: readonly Verb[] = [
  {
    name: 'greenlets',
    usage: 'greenlets [NAME]',
    summary: 'list the greenlets, or show one with its stack',
    more: 'NAME is that of the greenlet, or its address.',
    frozen: true,
    run: (context, { rest, signal }) => greenlets(context, rest, signal),
  },
];
