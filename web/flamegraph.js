/* global document, window, ResizeObserver, requestAnimationFrame, drawing */
// The script of a flame graph: zoom, search, tooltips. src/render/flamegraph/script.ts puts it into the SVG, together
// with `drawing`, the functions that drew the picture which is there already.

const mostBoxes = 20_000;
const svg = document.currentScript.ownerSVGElement;
const graph = JSON.parse(svg.querySelector('.data').textContent);
const layout = drawing.layoutOf(graph);
const picture = svg.querySelector('.graph');
const bar = svg.querySelector('.bar');
const background = bar.querySelector('.background');
const margin = Number(picture.getAttribute('x'));
const top = Number(picture.getAttribute('y'));
const barTop = Number(background.getAttribute('y'));

/** The node that is as wide as the window; -1: none. */
let focus = -1;
/** What is searched for. */
let query = '';
/** The node that the keys move from; -1: none. */
let chosen = -1;
let width = 0;
let boxes = [];

function element(namespace, name, attributes, parent) {
  const made = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}
const svgElement = (...rest) => element('http://www.w3.org/2000/svg', ...rest);
const htmlElement = (...rest) => element('http://www.w3.org/1999/xhtml', ...rest);

const toolsWidth = 430;
const toolsPlace = svgElement('foreignObject', { y: barTop + 2, width: toolsWidth, height: 30 }, bar);
const tools = htmlElement('div', { class: 'tools' }, toolsPlace);
const matched = htmlElement('span', { class: 'matched' }, tools);
matched.setAttribute('role', 'status');
const search = htmlElement(
  'input',
  {
    type: 'search',
    placeholder: 'Search (Ctrl-F)',
    'aria-label': 'Text or regular expression',
    spellcheck: false,
  },
  tools,
);
const reset = htmlElement('button', { type: 'button', hidden: '' }, tools);
reset.textContent = 'Reset zoom';

const tooltipPlace = svgElement('foreignObject', { class: 'tooltip', width: 1, height: 1 }, svg);
const tooltip = htmlElement('div', { role: 'tooltip' }, tooltipPlace);

function hideTooltip() {
  tooltip.style.display = 'none';
}

/** Shows what is to be said of a node next to a place in the window. */
function showTooltip(node, clientX, clientY) {
  const lines = drawing.tooltipLines(graph, layout, node);
  if (focus >= 0 && node > focus && graph.weights[focus] > 0) {
    lines.push(`${((graph.weights[node] / graph.weights[focus]) * 100).toFixed(1)}% of what is zoomed to`);
  }
  tooltip.replaceChildren();
  for (const line of lines) htmlElement('p', {}, tooltip).textContent = line;
  tooltip.style.display = '';
  const { width: wide, height: high } = tooltip.getBoundingClientRect();
  const origin = svg.getBoundingClientRect();
  const x = Math.max(4, Math.min(clientX + 12, window.innerWidth - wide - 8));
  const below = clientY + 18;
  const y = below + high + 4 > window.innerHeight ? Math.max(4, clientY - high - 10) : below;
  tooltipPlace.setAttribute('x', x - origin.left);
  tooltipPlace.setAttribute('y', y - origin.top);
}

function draw() {
  const found = query === '' ? null : drawing.findMatches(graph, layout, query, focus);
  const view = {
    focus,
    width: Math.max(200, width - 2 * margin),
    mostBoxes,
    matches: found?.matches ?? null,
    tooltips: false,
  };
  const placed = drawing.placeBoxes(graph, layout, view);
  boxes = placed.boxes;
  hideTooltip();
  picture.innerHTML = drawing.pictureMarkup(graph, layout, view, placed);
  picture.setAttribute('width', view.width);
  picture.setAttribute('height', placed.height);
  svg.setAttribute('height', Math.max(Math.ceil(top + placed.height + margin), window.innerHeight));
  toolsPlace.setAttribute('x', Math.max(0, width - margin - toolsWidth));
  matched.textContent = found === null ? '' : `${found.share} matched`;
  reset.toggleAttribute('hidden', focus < 0);
  mark();
}

/** Marks the node that was chosen by a key. */
function mark() {
  for (const each of picture.querySelectorAll('.chosen')) each.classList.remove('chosen');
  const box = chosen < 0 ? null : picture.querySelector(`[data-node="${chosen}"]`);
  if (box === null) return;
  box.classList.add('chosen');
  box.scrollIntoView({ block: 'nearest' });
  const { left, bottom } = box.getBoundingClientRect();
  showTooltip(chosen, left, bottom - 14);
}

/** The address says what is zoomed to, so that the browser's "back" zooms out. */
function zoom(node) {
  // 0 is the root of the first tree.
  const address = node > 0 ? `zoom=${node}` : '';
  if (window.location.hash.slice(1) !== address) window.location.hash = address;
}

function followAddress() {
  const node = Number(/^#zoom=(\d+)$/.exec(window.location.hash)?.[1] ?? 0);
  focus = node > 0 && node < graph.parents.length ? node : -1;
  if (chosen < focus) chosen = -1;
  draw();
  if (focus >= 0 && window.scrollY > barTop) window.scrollTo(0, barTop);
}

function searchFor(text) {
  query = text;
  search.value = text;
  draw();
}

/** The node of a box to which a key leads. */
function neighbour(key) {
  const at = boxes.find(({ node }) => node === chosen);
  if (at === undefined) return focus < 0 ? 0 : focus;
  const parent = graph.parents[chosen];
  if (key === 'ArrowUp') return parent < 0 ? chosen : parent;
  if (key === 'ArrowDown') {
    const called = boxes.filter(({ node }) => graph.parents[node] === chosen);
    return (
      called.reduce((widest, box) => (box.width > widest.width ? box : widest), called[0])?.node ?? chosen
    );
  }
  const row = boxes.filter(({ y }) => y === at.y).sort((a, b) => a.x - b.x);
  return row[row.indexOf(at) + (key === 'ArrowRight' ? 1 : -1)]?.node ?? chosen;
}

const nodeOf = (event) => Number(event.target.closest?.('[data-node]')?.getAttribute('data-node') ?? -1);

picture.addEventListener('click', (event) => {
  const node = nodeOf(event);
  if (node < 0) return;
  chosen = -1;
  zoom(node);
});
picture.addEventListener('mousemove', (event) => {
  const node = nodeOf(event);
  if (node < 0) hideTooltip();
  else showTooltip(node, event.clientX, event.clientY);
});
picture.addEventListener('mouseleave', hideTooltip);
search.addEventListener('input', () => searchFor(search.value));
reset.addEventListener('click', () => zoom(-1));
window.addEventListener('hashchange', followAddress);
window.addEventListener('keydown', (event) => {
  const inSearch = document.activeElement === search;
  if (event.key === 'f' && (event.ctrlKey || event.metaKey)) {
    // The second time it is the browser's own.
    if (inSearch) return;
    search.focus();
    search.select();
  } else if (event.key === 'Escape') {
    if (query !== '') searchFor('');
    else zoom(-1);
    search.blur();
    chosen = -1;
    mark();
    hideTooltip();
  } else if (inSearch || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  } else if (event.key.startsWith('Arrow')) {
    chosen = neighbour(event.key);
    mark();
  } else if (event.key === 'Enter' && chosen >= 0 && document.activeElement !== reset) {
    zoom(chosen);
  } else {
    return;
  }
  event.preventDefault();
});

// The search stays in sight.
window.addEventListener('scroll', () => {
  bar.setAttribute('transform', `translate(0 ${Math.max(0, window.scrollY - barTop)})`);
});

svg.classList.add('live');
svg.removeAttribute('viewBox');
svg.setAttribute('width', '100%');
new ResizeObserver(() => {
  const now = svg.getBoundingClientRect().width;
  if (now === width) return;
  width = now;
  requestAnimationFrame(draw);
}).observe(svg);
width = svg.getBoundingClientRect().width;
followAddress();
