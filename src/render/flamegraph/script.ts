import { escapeMarkup } from '../escapeMarkup.js';
import { webAsset } from '../webAsset.js';
import {
  boxText,
  cutToColumns,
  findMatches,
  layoutOf,
  pictureMarkup,
  placeBoxes,
  shareText,
  tooltipLines,
} from './drawing.js';

const functions = [
  boxText,
  cutToColumns,
  escapeMarkup,
  findMatches,
  layoutOf,
  pictureMarkup,
  placeBoxes,
  shareText,
  tooltipLines,
];

/**
 * The script of a flame graph: the functions that drew the picture, as their source text, and web/flamegraph.js,
 * which calls them by the names in `drawing`. (In a bundle, a function may have got another name; its text and those
 * who call it have the same one.)
 */
export function flamegraphScript(): string {
  const used = { findMatches, layoutOf, pictureMarkup, placeBoxes, tooltipLines };
  const drawing = Object.entries(used).map(([name, { name: nameInSource }]) => `${name}: ${nameInSource}`);
  return [
    '(() => {',
    "'use strict';",
    ...functions.map(String),
    `const drawing = { ${drawing.join(', ')} };`,
    webAsset('flamegraph.js'),
    '})();',
  ].join('\n');
}
