import { execFileSync } from 'node:child_process';

/** A box of a flame graph, as an XML parser sees it. */
export interface SvgBox {
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly fill: string;
  /** The lines of its tooltip. */
  readonly tooltip: readonly string[];
  /** What is written into it. */
  readonly text: string;
}

/** What is in the SVG of a flame graph. */
export interface ParsedFlamegraph {
  /** The texts above the graph. */
  readonly header: readonly string[];
  readonly notes: readonly string[];
  readonly boxes: readonly SvgBox[];
  readonly height: number;
  /** What it has of scripts: the data, and the program. */
  readonly scripts: readonly string[];
  /** The names of all elements, and the values of all attributes. */
  readonly elements: readonly string[];
  readonly attributes: readonly string[];
}

const parser = String.raw`
import json, sys
import xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
svg = '{http://www.w3.org/2000/svg}'
boxes = []
for group in root.iter(svg + 'g'):
    if group.get('data-node') is None:
        continue
    rect = group.find(svg + 'rect')
    label = group.find(svg + 'svg')
    boxes.append({
        'node': int(group.get('data-node')),
        'x': float(rect.get('x')), 'y': float(rect.get('y')), 'width': float(rect.get('width')),
        'fill': rect.get('fill'),
        'tooltip': group.find(svg + 'title').text.split('\n'),
        'text': '' if label is None else ''.join(label.itertext()),
    })
json.dump({
    'header': [text.text for text in root.findall(svg + 'text')],
    'notes': [text.text for text in root.iter(svg + 'text') if text.get('class') == 'note'],
    'boxes': boxes,
    'height': float(root.get('height')),
    'scripts': [script.text for script in root.iter(svg + 'script')],
    'elements': sorted({element.tag.replace(svg, '') for element in root.iter()}),
    'attributes': sorted({value for element in root.iter() for value in element.attrib.values()}),
}, sys.stdout)
`;

/** Reads the SVG with the XML parser of Python, which takes nothing that is not well-formed. */
export function parseFlamegraph(svg: string): ParsedFlamegraph {
  const json = execFileSync('python3', ['-c', parser], { input: svg, maxBuffer: 1 << 28 });
  return JSON.parse(json.toString()) as ParsedFlamegraph;
}

/**
 * What each box is called from, found out from where the boxes are: each lies below the
 * last one of the row above that does not begin later.
 */
export function stacksOf({ boxes }: Pick<ParsedFlamegraph, 'boxes'>): Map<string, SvgBox> {
  const byRow = new Map<number, SvgBox[]>();
  for (const box of boxes) byRow.set(box.y, [...(byRow.get(box.y) ?? []), box]);
  const stackOf = (box: SvgBox): string => {
    const above = byRow.get(box.y - 18)?.findLast(({ x }) => x <= box.x);
    return `${above === undefined ? '' : `${stackOf(above)};`}${box.tooltip[0] ?? ''}`;
  };
  return new Map(boxes.map((box) => [stackOf(box), box]));
}
