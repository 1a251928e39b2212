import { escapedJson } from '../../escapedJson.js';
import { escapeMarkup } from '../escapeMarkup.js';
import { webAsset } from '../webAsset.js';
import { wrapItems, wrapText } from '../width.js';
import { layoutOf, pictureMarkup, placeBoxes, type FlameView } from './drawing.js';
import type { FlameGraph } from './flameGraph.js';
import { flamegraphScript } from './script.js';

/** What stands above the graph. Safe to print. */
export interface FlameHeader {
  readonly title: string;
  /** Paragraphs of items that are not broken if it can be avoided. */
  readonly paragraphs: readonly (readonly string[])[];
  readonly warnings: readonly string[];
  /** What widths and colours mean. */
  readonly legend: string;
}

/** Of the picture that shows where no script runs; else it is as wide as the window. */
const width = 1200;
/** The header fits into a small window: it is not broken anew. */
const headerColumns = 112;
const boldColumns = 96;
const titleColumns = 90;
const lineHeight = 17;
const margin = 12;
/** Each is some 400 bytes in the file. */
const mostStaticBoxes = 8000;

/** Text in which `]]>` ends nothing. */
function cdata(text: string): string {
  return `<![CDATA[\n${text.replaceAll(']]>', ']]]]><![CDATA[>')}\n]]>`;
}

/** JSON that means nothing to a parser of XML or HTML. */
function inertJson(value: unknown): string {
  return escapedJson(value, /[<>&\u007f-\u009f\u2028\u2029\ufffe\uffff]/g);
}

function headerMarkup({ title, paragraphs, warnings }: FlameHeader): [markup: string, height: number] {
  const lines = [
    ...wrapText(title, titleColumns).map((text) => ['title', text] as const),
    ...paragraphs.flatMap((items) =>
      wrapItems(items, ', ', headerColumns).flatMap((line) =>
        wrapText(line, headerColumns).map((text) => ['line', text] as const),
      ),
    ),
    ...warnings.flatMap((warning) =>
      wrapText(`⚠ ${warning}`, boldColumns).map((text) => ['warning', text] as const),
    ),
  ];
  let y = margin;
  const markup = lines.map(([kind, text]) => {
    y += kind === 'title' ? 22 : lineHeight;
    return `<text class="${kind}" x="${margin}" y="${y - 4}">${escapeMarkup(text)}</text>`;
  });
  return [markup.join('\n'), y + 4];
}

/** The graph as one SVG file that needs nothing else. */
export function flamegraphSvg(header: FlameHeader, graph: FlameGraph): string {
  const [headerLines, headerHeight] = headerMarkup(header);
  const layout = layoutOf(graph);
  const view: FlameView = {
    focus: -1,
    width: width - 2 * margin,
    mostBoxes: mostStaticBoxes,
    matches: null,
    tooltips: true,
  };
  const picture = placeBoxes(graph, layout, view);
  const barHeight = 34;
  const top = headerHeight + barHeight;
  const height = Math.ceil(top + picture.height + margin);
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" class="sleeper-flamegraph" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escapeMarkup(header.title)}</title>
<style>${cdata(webAsset('flamegraph.css'))}</style>
${headerLines}
<svg class="graph" x="${margin}" y="${top}" width="${view.width}" height="${picture.height}">
${pictureMarkup(graph, layout, view, picture)}
</svg>
<g class="bar"><rect class="background" x="0" y="${headerHeight}" width="100%" height="${barHeight}"/>
<text class="legend" x="${margin}" y="${headerHeight + 20}">${escapeMarkup(header.legend)}</text></g>
<script type="application/json" class="data">${inertJson(graph)}</script>
<script>${cdata(flamegraphScript())}</script>
</svg>
`;
}
