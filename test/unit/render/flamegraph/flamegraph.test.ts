import { describe, expect, test } from '@jest/globals';
import type { Profile } from '../../../../src/profile/profile.js';
import { escapeUntrusted } from '../../../../src/render/escape.js';
import { renderFlamegraph } from '../../../../src/render/flamegraph/renderFlamegraph.js';
import { largeProfile } from '../../../support/largeProfile.js';
import { aProfile, aProfileFrame, hostileNames } from '../../../support/profiles.js';
import { parseFlamegraph, stacksOf } from '../../../support/svg.js';

/** The samples of each stack, counted span by span. */
function samplesByStack({ spans, nodes, frames }: Profile): Map<string, number> {
  const samples = new Map<string, number>();
  for (const span of spans) {
    const names: string[] = [];
    for (let node = span.node; node >= 0; node = nodes[node]!.parent) {
      names.unshift(frames[nodes[node]!.frame]!.function);
    }
    names.unshift('all');
    names.forEach((_, index) => {
      const stack = names.slice(0, index + 1).join(';');
      samples.set(stack, (samples.get(stack) ?? 0) + span.samples);
    });
  }
  return samples;
}

const server = aProfile(
  [
    'main;cpu+gil;run:3;serve:7;parse:12 300',
    'main;gil;run:3;serve:7;parse:12 100',
    'main;cpu;run:3;serve:7;render:30 250',
    'main;idle;run:3;poll:9 200',
    'other;idle;run:3;poll:9 100',
    'other;cpu 50',
  ],
  { warnings: ['Something <odd> & strange was seen'] },
);

describe('the picture', () => {
  test('every stack is as wide as it has samples', () => {
    const stacks = stacksOf(parseFlamegraph(renderFlamegraph(server)));
    const expected = samplesByStack(server);
    expect([...stacks.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [stack, samples] of expected) {
      // One pixel is the gap to the next one.
      expect(stacks.get(stack)!.width).toBeCloseTo((samples / 1000) * 1176 - 1, 1);
    }
  });

  test('the same of some thousands of nodes, but for the narrowest', () => {
    const profile = largeProfile(2000);
    // Names are not unique there: so that stacks can be told apart, they become so.
    const frames = profile.frames.map((frame, index) => ({ ...frame, function: `f${index}` }));
    const { boxes } = parseFlamegraph(renderFlamegraph({ ...profile, frames }));
    const stacks = stacksOf({ boxes });
    const expected = samplesByStack({ ...profile, frames });
    const all = expected.get('all')!;
    let shown = 0;
    for (const [stack, samples] of expected) {
      const width = (samples / all) * 1176;
      if (width < 0.5) {
        expect(stacks.has(stack)).toBe(false);
        continue;
      }
      shown++;
      expect(Math.abs(stacks.get(stack)!.width - width)).toBeLessThanOrEqual(1.01);
    }
    expect(boxes).toHaveLength(shown);
    expect(shown).toBeGreaterThan(900);
  });

  test('what is said of a frame', () => {
    const stacks = stacksOf(parseFlamegraph(renderFlamegraph(server)));
    expect(stacks.get('all;run;serve')!.tooltip).toEqual([
      'serve',
      'worker.py:7',
      '65.0%, 650 samples',
      'on CPU 84.6%, waits for the GIL 15.4%, idle 0.0%',
    ]);
    expect(stacks.get('all;run;poll')!.tooltip).toEqual([
      'poll',
      'worker.py:9',
      '30.0%, 300 samples',
      'in itself: 30.0%, 300 samples',
      'on CPU 0.0%, waits for the GIL 0.0%, idle 100.0%',
    ]);
    expect(stacks.get('all')!.tooltip[2]).toBe('with no Python frame: 5.0%, 50 samples');
    expect(stacks.get('all;run;serve')!.text).toBe('serve worker.py:7');
  });

  test('how it was recorded', () => {
    const { header } = parseFlamegraph(renderFlamegraph(server));
    const text = header.join('\n');
    expect(header[0]).toBe('Process 4242: python3 worker.py --port 8000');
    for (const part of [
      'CPython 3.11.7',
      'for 8.5 s',
      '850 samples',
      '100.0 of 100 Hz',
      '0 missed',
      '0.8%',
    ]) {
      expect(text).toContain(part);
    }
    expect(header.at(-1)).toBe('⚠ Something <odd> & strange was seen');
  });

  test('the same colour for the same file, another one for native code', () => {
    const frames = [
      aProfileFrame('a', { file: '/srv/app/one.py' }),
      aProfileFrame('b', { file: '/srv/app/one.py', line: 7 }),
      aProfileFrame('c', { file: '/srv/app/two.py' }),
      aProfileFrame('d', { file: '/usr/lib/libc.so.6', native: true }),
    ];
    const profile = aProfile([{ thread: 't', state: 'cpu', stack: frames, samples: 1 }]);
    const [, a, b, c, d] = parseFlamegraph(renderFlamegraph(profile)).boxes.map(({ fill }) => fill);
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    const [red, , blue] = /^#(..)(..)(..)$/
      .exec(d!)!
      .slice(1)
      .map((channel) => parseInt(channel, 16));
    expect(blue).toBeGreaterThan(red!);
    for (const warm of [a, c]) expect(warm!.slice(1, 3) > warm!.slice(5, 7)).toBe(true);
  });
});

describe('names that are not to be trusted', () => {
  const names = [...hostileNames, ']]>', '<!-- ', '&amp;', '\ufffe\uffff\b', '한글 이름', '😀'.repeat(50)];

  test.each(names)('%j', (name) => {
    const frame = aProfileFrame(name, { file: `/tmp/${name}/x.py` });
    const profile = aProfile([{ thread: name, state: 'cpu', stack: [frame], samples: 1 }], {
      warnings: [name],
    });
    profile.meta.process.argv = ['python3', name];
    const svg = renderFlamegraph(profile);
    expect(svg).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]/);
    expect(Buffer.from(svg).toString()).toBe(svg);
    const { boxes, scripts, elements, header } = parseFlamegraph(svg);
    const shown = escapeUntrusted(name);
    expect(boxes[1]!.tooltip[0]).toBe(shown || '(unnamed)');
    expect(boxes[1]!.tooltip[1]).toContain(shown);
    expect(header.join('')).toContain(shown.slice(0, 20).trim());
    expect(elements).toEqual(['g', 'rect', 'script', 'style', 'svg', 'text', 'title', 'tspan']);
    expect(scripts).toHaveLength(2);
    const data = JSON.parse(scripts[0]!) as { names: string[] };
    expect(data.names).toContain(shown || '(unnamed)');
    // Nor does it mean anything to a parser of HTML.
    expect(svg.match(/<\/script/g)).toHaveLength(2);
  });
});

describe('extremes', () => {
  test('no sample', () => {
    const { boxes, header } = parseFlamegraph(renderFlamegraph(aProfile([])));
    expect(boxes.map(({ tooltip }) => tooltip[0])).toEqual(['all']);
    expect(header.at(-1)).toBe('⚠ There is no sample to show.');
  });

  test('one sample', () => {
    const { boxes } = parseFlamegraph(renderFlamegraph(aProfile(['main;cpu;f:1 1'])));
    expect(boxes.map(({ width }) => width)).toEqual([1175, 1175]);
  });

  test('a stack of 5,000 frames: the rest is for the zoom', () => {
    const stack = Array.from({ length: 5000 }, (_, index) => aProfileFrame(`f${index}`));
    const { boxes, notes, height } = parseFlamegraph(
      renderFlamegraph(aProfile([{ thread: 't', state: 'cpu', stack, samples: 3 }])),
    );
    expect(boxes).toHaveLength(300);
    expect(notes).toEqual(['▾ 4,701 deeper rows: zoom in']);
    expect(height).toBeLessThan(6000);
  });

  test('100,000 nodes: a file that a browser can show', () => {
    const svg = renderFlamegraph(largeProfile(100_000));
    expect(svg.length).toBeLessThan(8e6);
    const { boxes, scripts } = parseFlamegraph(svg);
    expect(boxes.length).toBeGreaterThan(1000);
    expect(boxes.length).toBeLessThanOrEqual(8000);
    expect((JSON.parse(scripts[0]!) as { frames: unknown[] }).frames.length).toBeGreaterThan(60_000);
  });
});

test('it refers to nothing outside of it', () => {
  const svg = renderFlamegraph(server);
  const { attributes } = parseFlamegraph(svg);
  expect(attributes.filter((value) => /:|url/.test(value))).toEqual([]);
  const addresses = svg.match(/https?:[^'"\s]+|url\(|@import/g);
  expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xhtml']));
});
