/** Pictures of what a terminal shows: text with escape sequences, as an SVG. Its text can be read back. */
import stringWidth from 'fast-string-width';

const size = { font: 14, column: 8.4, line: 19, edge: 16, bar: 30 };

/** The sixteen colours of a terminal that sleeper uses, on a dark ground. */
const colours: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76d9e6',
};

interface Style {
  bold: boolean;
  dim: boolean;
  underlined: boolean;
  colour: string | null;
}

interface Run extends Readonly<Style> {
  /** The column that it begins in, from 0. */
  readonly column: number;
  readonly text: string;
}

function restyle(style: Style, code: number): void {
  if (code === 0) Object.assign(style, { bold: false, dim: false, underlined: false, colour: null });
  else if (code === 1) style.bold = true;
  else if (code === 2) style.dim = true;
  else if (code === 4) style.underlined = true;
  else if (code === 22) style.bold = style.dim = false;
  else if (code === 24) style.underlined = false;
  else if (code === 39) style.colour = null;
  else if (colours[code] !== undefined) style.colour = colours[code];
  else throw new Error(`a picture knows no SGR ${code}`);
}

/** The runs of equal style in one line. The style goes on in the next one. */
function runsOf(line: string, style: Style): Run[] {
  const runs: Run[] = [];
  let column = 0;
  for (const [, codes, text = ''] of line.matchAll(/\u001b\[([\d;]*)m|([^\u001b]+)/g)) {
    if (codes !== undefined) codes.split(';').forEach((code) => restyle(style, Number(code)));
    else {
      runs.push({ ...style, column, text });
      column += stringWidth(text);
    }
  }
  return runs;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Each run says where it begins and how wide it is: the columns stand below each other in any font. */
function drawRun({ text, column, bold, dim, underlined, colour }: Run): string {
  const visible = text.trimStart();
  if (visible.trim() === '') return '';
  const start = column + stringWidth(text) - stringWidth(visible);
  const attributes = [
    `x="${(size.edge + start * size.column).toFixed(1)}"`,
    `textLength="${(stringWidth(visible) * size.column).toFixed(1)}"`,
    ...(colour === null ? [] : [`fill="${colour}"`]),
    ...(bold ? ['font-weight="bold"'] : []),
    ...(dim ? ['opacity="0.6"'] : []),
    ...(underlined ? ['text-decoration="underline"'] : []),
  ];
  return `<tspan ${attributes.join(' ')}>${escapeXml(visible)}</tspan>`;
}

/** @param columns the width of the terminal */
export function terminalSvg(text: string, columns: number): string {
  const style: Style = { bold: false, dim: false, underlined: false, colour: null };
  const lines = text.replaceAll('\r', '').trimEnd().split('\n');
  const width = Math.ceil(columns * size.column + 2 * size.edge);
  const height = size.bar + lines.length * size.line + size.edge;
  const drawn = lines.map((line, index) => {
    const y = size.bar + (index + 1) * size.line - 5;
    return `<text y="${y}" xml:space="preserve">${runsOf(line, style).map(drawRun).join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" rx="8" fill="#161b22"/>
<g fill="#484f58"><circle cx="20" cy="16" r="5"/><circle cx="37" cy="16" r="5"/><circle cx="54" cy="16" r="5"/></g>
<g fill="#e6edf3" font-family="ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${size.font}" lengthAdjust="spacingAndGlyphs">
${drawn.join('\n')}
</g>
</svg>
`;
}

/** What stands in such a picture, a line for each line; the spaces between runs are not kept. */
export function textOfSvg(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, line = '']) =>
    [...line.matchAll(/<tspan [^>]*>(.*?)<\/tspan>/g)]
      .map(([, run = '']) => run.trim())
      .join(' ')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );
}
