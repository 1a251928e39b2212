import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Profile } from '../../../../src/profile/profile.js';
import { renderHtml } from '../../../../src/render/html/renderHtml.js';
import { speedscopeRelease } from '../../../../src/render/html/speedscopeRelease.js';
import { renderSpeedscope } from '../../../../src/render/profile/speedscope.js';
import { aProfile, aProfileFrame, hostileNames } from '../../../support/profiles.js';

const server = aProfile(['main;cpu+gil;run:3;serve:7 30', 'main;idle;run:3;poll:9 20'], {
  warnings: ['Something <odd> was seen'],
});

function embedded(page: string): Buffer {
  const [, encoded = ''] =
    /<script type="application\/gzip" id="profile">([\w+/=]*)<\/script>/.exec(page) ?? [];
  return gunzipSync(Buffer.from(encoded, 'base64'));
}

/** What is left of a page without what speedscope brings along. */
function ownPart(page: string): string {
  const { script, style } = speedscopeRelease();
  expect(page).toContain(script);
  return page.replace(script, '').replace(style, '');
}

test('the profile is in the page as speedscope takes it', () => {
  expect(embedded(renderHtml(server)).equals(renderSpeedscope(server))).toBe(true);
});

test('how it was recorded', () => {
  const page = renderHtml(server);
  expect(page).toContain('<title>Process 4242: python3 worker.py --port 8000</title>');
  for (const part of [
    'CPython 3.11.7',
    '100.0 of 100 Hz',
    '⚠ Something &lt;odd&gt; was seen',
    '⚠ 1 warning',
  ]) {
    expect(page).toContain(part);
  }
});

test('it loads nothing', () => {
  const page = renderHtml(server);
  expect(ownPart(page)).not.toMatch(/\bsrc=|url\(|@import|sourceMappingURL/);
  expect(page.match(/<link[^>]*>/g)).toEqual(['<link rel="icon" href="data:,">']);
  const { style } = speedscopeRelease();
  expect(style.match(/url\("[^,]*/g)).toEqual(['url("data:font/woff2;base64']);
  expect(page).toContain(`content="default-src 'none'; `);
});

test('speedscope comes with its licence', () => {
  const page = renderHtml(server);
  expect(page).toContain('Copyright (c) 2018 Jamie Wong');
  expect(/<!--([^]*?)-->/.exec(page)![1]).toContain('SIL Open Font License');
});

test('no sample: nothing that speedscope could show', () => {
  const page = renderHtml(aProfile([]));
  expect(page).toContain('There is no sample to show.');
  expect(page).not.toContain('<script');
});

describe('texts that are not to be trusted', () => {
  const withName = (name: string): Profile => {
    const stack = [aProfileFrame(name, { file: `/tmp/${name}` })];
    const profile = aProfile([{ thread: name, state: 'cpu', stack, samples: 1 }], { warnings: [name] });
    profile.meta.process.argv = ['python3', name];
    return profile;
  };

  test.each([...hostileNames, '--><img src=x onerror=alert(1)>', '</title>'])('%j', (name) => {
    const page = renderHtml(withName(name));
    expect(page.match(/<\/?script/g)).toHaveLength(6);
    expect(page.match(/<\/title|<img|-->/g)).toHaveLength(2);
    expect(page.replaceAll('\n', '')).not.toMatch(/[\0-\x08\x0b-\x1f\u202a-\u202e\p{Cs}]/u);
  });
});
