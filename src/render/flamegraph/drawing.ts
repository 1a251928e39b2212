/**
 * How a flame graph is drawn. This runs in two places: here, for the picture that shows without scripts, and as its
 * own source text in the SVG's script (see script.ts), for what is zoomed. So nothing in this file may use anything
 * that is not in it or listed there.
 */
import { escapeMarkup } from '../escapeMarkup.js';
import type { FlameGraph } from './flameGraph.js';

/** What follows from a graph's columns. By node. */
export interface FlameLayout {
  readonly depths: readonly number[];
  /** Where it begins, in samples from the left of its tree. */
  readonly starts: readonly number[];
  /** Samples that found nothing called by it. */
  readonly selfs: readonly number[];
}

export function layoutOf({ parents, weights }: FlameGraph): FlameLayout {
  const depths: number[] = [];
  const starts: number[] = [];
  const selfs = [...weights];
  for (let node = 0; node < parents.length; node++) {
    const parent = parents[node] ?? -1;
    const weight = weights[node] ?? 0;
    depths.push((depths[parent] ?? -1) + 1);
    // Siblings follow each other: what is not yet given to one of them is to the right of the parent's end.
    starts.push(parent < 0 ? 0 : (starts[parent] ?? 0) + (weights[parent] ?? 0) - (selfs[parent] ?? 0));
    if (parent >= 0) selfs[parent] = (selfs[parent] ?? 0) - weight;
  }
  return { depths, starts, selfs };
}

/** What is looked at, and how. */
export interface FlameView {
  /** The node that is as wide as the picture; -1: all trees, each from its root. */
  readonly focus: number;
  readonly width: number;
  /** Boxes at the most: where there are more, the narrowest are left out. */
  readonly mostBoxes: number;
  /** By node, whether it was searched for; null: nothing is. */
  readonly matches: readonly boolean[] | null;
  /** Whether boxes have tooltips that need no script. */
  readonly tooltips: boolean;
}

/** A node in the picture, in pixels. */
export interface FlameBox {
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A line of text between the boxes. */
export interface FlameNote {
  readonly y: number;
  readonly text: string;
}

export interface FlamePicture {
  readonly boxes: readonly FlameBox[];
  readonly notes: readonly FlameNote[];
  readonly height: number;
}

/** Where the boxes are. */
export function placeBoxes(graph: FlameGraph, layout: FlameLayout, view: FlameView): FlamePicture {
  const rowHeight = 18;
  // Deeper ones are seen by zooming: a picture of a recursion of thousands would be of no use.
  const mostRows = 300;
  const mostCallers = 8;
  const { parents, weights, trees } = graph;
  const { depths, starts } = layout;
  const boxes: FlameBox[] = [];
  const notes: FlameNote[] = [];
  let y = 0;

  const note = (text: string): void => {
    notes.push({ y, text });
    y += rowHeight + 4;
  };

  /** The node and what it calls, with the node at `y`. */
  const placeTree = (top: number, pixelsPerSample: number): void => {
    const topDepth = depths[top] ?? 0;
    const topStart = starts[top] ?? 0;
    let rows = 1;
    let hiddenRows = 0;
    for (let node = top; node < parents.length; node++) {
      const row = (depths[node] ?? 0) - topDepth;
      if (row <= 0 && node !== top) break;
      const width = (weights[node] ?? 0) * pixelsPerSample;
      if (width < 0.5 && node !== top) continue;
      if (row >= mostRows) {
        hiddenRows = Math.max(hiddenRows, row + 1 - mostRows);
        continue;
      }
      rows = Math.max(rows, row + 1);
      boxes.push({
        node,
        x: ((starts[node] ?? 0) - topStart) * pixelsPerSample,
        y: y + row * rowHeight,
        width,
      });
    }
    y += rows * rowHeight;
    if (hiddenRows > 0) {
      note(`▾ ${hiddenRows.toLocaleString('en-US')} deeper ${hiddenRows === 1 ? 'row' : 'rows'}: zoom in`);
    }
  };

  const placeCallers = (focus: number): void => {
    const callers: number[] = [];
    for (let node = parents[focus] ?? -1; node >= 0; node = parents[node] ?? -1) callers.push(node);
    callers.reverse();
    const hidden = Math.max(0, callers.length - mostCallers);
    callers.forEach((node, index) => {
      if (index === 1 && hidden > 0) note(`▴ ${hidden.toLocaleString('en-US')} more callers`);
      if (index > 0 && index <= hidden) return;
      boxes.push({ node, x: 0, y, width: view.width });
      y += rowHeight;
    });
  };

  if (view.focus >= 0) {
    placeCallers(view.focus);
    placeTree(view.focus, view.width / Math.max(1, weights[view.focus] ?? 0));
  } else {
    for (const { root, whole, heading } of trees) {
      if (heading !== '') {
        y += rowHeight / 2;
        note(heading);
      }
      placeTree(root, view.width / Math.max(1, whole));
    }
  }
  let shown = boxes;
  for (let narrowest = 1; shown.length > view.mostBoxes && narrowest < view.width; narrowest *= 1.5) {
    shown = boxes.filter(({ width }) => width >= narrowest);
  }
  return { boxes: shown, notes, height: y };
}

/** A share in words. */
export function shareText(part: number, whole: number): string {
  const percents = whole === 0 ? 0 : (part / whole) * 100;
  return `${percents.toFixed(percents > 0 && percents < 1 ? 2 : 1)}%`;
}

/** The lines of a node's tooltip: its name, its place if it has one, the numbers. */
export function tooltipLines(graph: FlameGraph, layout: FlameLayout, node: number): string[] {
  const at = (column: readonly number[]): number => column[node] ?? 0;
  const frame = at(graph.frames);
  const place = graph.places[frame] ?? '';
  const lines = [graph.names[frame] ?? '', ...(place === '' ? [] : [place])];
  const samples = (value: number): string =>
    `${value.toLocaleString('en-US')} ${value === 1 ? 'sample' : 'samples'}`;
  const [first, second] = [at(graph.details[0]), at(graph.details[1])];
  const [all, allAfter = 0] = graph.samples;
  if (graph.kind === 'samples') {
    const weight = at(graph.weights);
    const self = at(layout.selfs);
    lines.push(`${shareText(weight, all)}, ${samples(weight)}`);
    if (self > 0) {
      const what = at(graph.parents) < 0 ? 'with no Python frame' : 'in itself';
      lines.push(`${what}: ${shareText(self, all)}, ${samples(self)}`);
    }
    lines.push(
      `on CPU ${shareText(weight - first - second, weight)}, waits for the GIL ${shareText(first, weight)}, idle ${shareText(second, weight)}`,
    );
    return lines;
  }
  const points = (second / Math.max(1, allAfter) - first / Math.max(1, all)) * 100;
  const news = first === 0 ? ', new' : second === 0 ? ', gone' : '';
  return [
    ...lines,
    `before: ${shareText(first, all)}, ${samples(first)}`,
    `after: ${shareText(second, allAfter)}, ${samples(second)}`,
    `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)} percentage points${news}`,
  ];
}

/** As much of a text as fits into so many columns; the wide characters of East Asia and emoji take two. */
export function cutToColumns(text: string, columns: number): string {
  let used = 0;
  let kept = '';
  let fits = '';
  for (const character of text) {
    used += (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
    if (used > columns) return columns < 2 ? '' : `${fits}…`;
    kept += character;
    // One column is kept for the mark.
    if (used < columns) fits = kept;
  }
  return kept;
}

/** What is written into a box: the name, and where it is if there is room for it. */
export function boxText(name: string, place: string, width: number): string {
  const columnWidth = 7.25;
  const columns = Math.floor((width - 6) / columnWidth);
  if (columns < 3) return '';
  const shownName = cutToColumns(name, columns);
  const rest = columns - Array.from(name).length - 1;
  const shownPlace = shownName === name && rest >= 6 ? cutToColumns(place, rest) : '';
  const placeText = shownPlace === '' ? '' : ` <tspan class="place">${escapeMarkup(shownPlace)}</tspan>`;
  return escapeMarkup(shownName) + placeText;
}

/** The boxes and notes as SVG. */
export function pictureMarkup(
  graph: FlameGraph,
  layout: FlameLayout,
  view: FlameView,
  { boxes, notes }: FlamePicture,
): string {
  const short = (value: number): string => String(Math.round(value * 100) / 100);
  const boxMarkup = ({ node, x, y, width }: FlameBox): string => {
    const frame = graph.frames[node] ?? 0;
    const text = boxText(graph.names[frame] ?? '', graph.places[frame] ?? '', width);
    const place = `x="${short(x)}" y="${y}" width="${short(width)}" height="18"`;
    const inner = width > 3 ? Math.max(0.5, width - 1) : width;
    // The inner svg cuts off what is wider than it was thought to be.
    const label = text === '' ? '' : `<svg ${place}><text x="4" y="12.5">${text}</text></svg>`;
    const title = view.tooltips
      ? `<title>${escapeMarkup(tooltipLines(graph, layout, node).join('\n'))}</title>`
      : '';
    const classes = [
      'box',
      ...(view.matches === null ? [] : [view.matches[node] === true ? 'match' : 'other']),
      ...(view.focus > node ? ['caller'] : []),
    ].join(' ');
    return (
      `<g class="${classes}" data-node="${node}">${title}` +
      `<rect x="${short(x)}" y="${y}" width="${short(inner)}" height="17" fill="${graph.palette[graph.fills[node] ?? 0] ?? ''}"/>${label}</g>`
    );
  };
  const noteMarkup = ({ y, text }: FlameNote): string =>
    `<text class="note" x="4" y="${y + 14}">${escapeMarkup(text)}</text>`;
  return [...boxes.map(boxMarkup), ...notes.map(noteMarkup)].join('\n');
}

/** Where a text or regular expression is found. */
export interface FlameMatches {
  /** By node. */
  readonly matches: readonly boolean[];
  /** The share of the samples below the node that is looked at that have a match on their stack. */
  readonly share: string;
}

/** Looks for a regular expression, or for the text if it is none, in names and places. */
export function findMatches(
  graph: FlameGraph,
  layout: FlameLayout,
  query: string,
  focus: number,
): FlameMatches {
  let found: (text: string) => boolean;
  try {
    const expression = new RegExp(query, 'iu');
    found = (text) => expression.test(text);
  } catch {
    const text = query.toLowerCase();
    found = (each) => each.toLowerCase().includes(text);
  }
  // The last name is that of the roots.
  const ofFrame = graph.names.map(
    (name, frame) => frame < graph.names.length - 1 && found(`${name} ${graph.places[frame] ?? ''}`),
  );
  const matches = graph.frames.map((frame) => ofFrame[frame] === true);
  const top = focus < 0 ? 0 : focus;
  const topDepth = layout.depths[top] ?? 0;
  let weight = 0;
  // Of nested matches only the outermost counts: up to which depth is the current node within one?
  let within = Infinity;
  for (let node = top; node < matches.length; node++) {
    const depth = layout.depths[node] ?? 0;
    if (depth <= topDepth && node !== top) break;
    if (depth <= within) within = Infinity;
    if (within === Infinity && matches[node] === true) {
      within = depth;
      weight += graph.weights[node] ?? 0;
    }
  }
  return { matches, share: shareText(weight, graph.weights[top] ?? 0) };
}
