import { gzipSync } from 'node:zlib';
import type { Profile } from '../../profile/profile.js';
import { escapeMarkup } from '../escapeMarkup.js';
import { recordingText, type RecordingText } from '../profile/recordingText.js';
import { renderSpeedscope } from '../profile/speedscope.js';
import { plural } from '../units.js';
import { webAsset } from '../webAsset.js';
import { speedscopeRelease } from './speedscopeRelease.js';

/** A script that nothing in it ends. In a program, these characters stand in strings and expressions only. */
function inlineScript(source: string): string {
  return `<script>${source.replace(/<(?=\/script|!--)/gi, '\\x3c')}</script>`;
}

/** The page can reach nothing: no network, no file next to it. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'wasm-unsafe-eval'",
  "style-src 'unsafe-inline'",
  'font-src data:',
  'img-src data: blob:',
].join('; ');

/** One line, and all there is to say when it is opened. */
function recordingMarkup({ process, recorded, sampling, warnings }: RecordingText): string {
  const warned = warnings.length === 0 ? '' : `<strong>⚠ ${plural(warnings.length, 'warning')}</strong>`;
  const paragraphs = [recorded.join(', '), sampling.join(', ')].map((text) => `<p>${escapeMarkup(text)}</p>`);
  const warningParagraphs = warnings.map((text) => `<p><strong>⚠ ${escapeMarkup(text)}</strong></p>`);
  return `<details id="recording"><summary>${warned}<b>${escapeMarkup(process)}</b>
<span>${escapeMarkup([...recorded, ...sampling].join(', '))}</span></summary>
${[...paragraphs, ...warningParagraphs].join('\n')}</details>`;
}

/**
 * One page that needs nothing else, not even a network: speedscope, with the profile in it. The profile is compressed
 * and in Base64: a tenth of its size, and nothing in it can mean anything to the page.
 */
export function renderHtml(profile: Profile): string {
  const about = recordingText(profile.meta);
  const { script, style, licence } = speedscopeRelease();
  const viewer = [
    `<script type="application/gzip" id="profile">${gzipSync(renderSpeedscope(profile)).toString('base64')}</script>`,
    // Takes the place of the last element there is while it runs: of its own script.
    inlineScript(script),
    inlineScript(webAsset('speedscope.js')),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeMarkup(about.process)}</title>
<link rel="icon" href="data:,">
<!--
This page contains speedscope, https://www.speedscope.app:

${licence.trim()}

Its font is Source Code Pro, copyright Adobe, under the SIL Open Font License 1.1.
-->
<style>${style}</style>
<style>${webAsset('speedscope.css')}</style>
</head>
<body>
${recordingMarkup(about)}
${profile.spans.length === 0 ? '<main>There is no sample to show.</main>' : viewer.join('\n')}
</body>
</html>
`;
}
