import { expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { renderFlamegraph } from '../../src/render/flamegraph/renderFlamegraph.js';
import { renderFlamegraphDiff } from '../../src/render/flamegraph/renderFlamegraphDiff.js';
import { largeProfile } from '../support/largeProfile.js';
import { aProfile, aProfileFrame, hostileNames } from '../support/profiles.js';
import { describeInBrowser, scriptNames, wasPwned } from './browser.js';

const svg = renderFlamegraph(
  aProfile([
    'main;cpu+gil;run:3;serve:7;parse:12 300',
    'main;gil;run:3;serve:7;parse:12 100',
    'main;cpu;run:3;serve:7;render:30 250',
    'main;idle;run:3;poll:9 350',
  ]),
);

const box = (page: Page, name: string): Locator =>
  page.locator('.box').filter({ has: page.locator(`text=/^${name}( |$)/`) });
const names = async (page: Page): Promise<string[]> =>
  (await page.locator('.box text').allTextContents()).map((text) => text.split(' ')[0] ?? '');
/** Without the outline of the frame below the mouse. */
const widthOf = async (page: Page, name: string): Promise<number> =>
  Math.round(Number(await box(page, name).locator('rect').getAttribute('width')));
const isShown = (page: Page, name: string): Promise<void> => box(page, name).waitFor();
const isGone = (page: Page, name: string): Promise<void> => box(page, name).waitFor({ state: 'detached' });

describeInBrowser('a flame graph in a browser', (open) => {
  test('it takes the width of the window, and asks for nothing', async () => {
    const { page, requests, errors } = await open('width.svg', svg);
    // The margin on both sides, and the gap of one pixel.
    expect(await widthOf(page, 'all')).toBe(1000 - 24 - 1);
    expect(await widthOf(page, 'serve')).toBe(Math.round(0.65 * 976 - 1));
    expect(await page.title()).toBe('Process 4242: python3 worker.py --port 8000');
    await page.setViewportSize({ width: 700, height: 500 });
    await page.waitForFunction("document.querySelector('.box rect').getBoundingClientRect().width < 700");
    expect(await widthOf(page, 'all')).toBe(700 - 24 - 1);
    expect(requests).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test('zoom by clicks, and back', async () => {
    const { page } = await open('zoom.svg', svg);
    const reset = page.getByRole('button', { name: 'Reset zoom' });
    await box(page, 'serve').click();
    await isGone(page, 'poll');
    expect(await names(page)).toEqual(['all', 'run', 'serve', 'parse', 'render']);
    expect(await widthOf(page, 'serve')).toBe(975);
    expect(await widthOf(page, 'parse')).toBe(Math.round((400 / 650) * 976 - 1));
    await box(page, 'parse').click();
    await isGone(page, 'render');
    await page.goBack();
    await isShown(page, 'render');
    await reset.click();
    await isShown(page, 'poll');
    expect(await reset.isVisible()).toBe(false);
    await box(page, 'parse').click();
    await isGone(page, 'poll');
    await page.keyboard.press('Escape');
    await isShown(page, 'poll');
    // A caller zooms out.
    await box(page, 'parse').click();
    await isGone(page, 'render');
    await box(page, 'serve').click();
    await isShown(page, 'render');
    await box(page, 'all').click();
    await isShown(page, 'poll');
  });

  test('search, from the keyboard', async () => {
    const { page } = await open('search.svg', svg);
    const status = page.getByRole('status');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('PARSE|pol+');
    expect(await status.textContent()).toBe('75.0% matched');
    expect(await page.locator('.match').count()).toBe(2);
    await box(page, 'serve').click();
    await isGone(page, 'poll');
    expect(await status.textContent()).toBe('61.5% matched');
    await page.keyboard.press('Escape');
    expect(await status.textContent()).toBe('');
    expect(await page.locator('.match').count()).toBe(0);
    await page.keyboard.press('Escape');
    await isShown(page, 'poll');
    await page.getByRole('searchbox').fill('worker.py:(');
    expect(await status.textContent()).toBe('0.0% matched');
  });

  test('what is said of the frame below the mouse', async () => {
    const { page } = await open('hover.svg', svg);
    const tooltip = page.getByRole('tooltip');
    expect(await tooltip.isVisible()).toBe(false);
    await box(page, 'parse').hover();
    expect(await tooltip.locator('p').allTextContents()).toEqual([
      'parse',
      'worker.py:12',
      '40.0%, 400 samples',
      'in itself: 40.0%, 400 samples',
      'on CPU 75.0%, waits for the GIL 25.0%, idle 0.0%',
    ]);
    await page.mouse.move(5, 5);
    expect(await tooltip.isVisible()).toBe(false);
    await box(page, 'serve').click();
    await isGone(page, 'poll');
    await box(page, 'parse').hover();
    expect(await tooltip.locator('p').last().textContent()).toBe('61.5% of what is zoomed to');
  });

  test('the arrow keys lead from frame to frame', async () => {
    const { page } = await open('keys.svg', svg);
    const chosen = async (): Promise<string> =>
      ((await page.locator('.chosen text').textContent()) ?? '').split(' ')[0] ?? '';
    const visited: string[] = [];
    for (const key of ['Down', 'Down', 'Down', 'Left', 'Right', 'Down', 'Right', 'Up']) {
      await page.keyboard.press(`Arrow${key}`);
      visited.push(await chosen());
    }
    expect(visited).toEqual(['all', 'run', 'serve', 'poll', 'serve', 'parse', 'render', 'serve']);
    expect(await page.getByRole('tooltip').locator('p').first().textContent()).toBe('serve');
    await page.keyboard.press('Enter');
    await isGone(page, 'poll');
    expect(await widthOf(page, 'serve')).toBe(975);
  });

  test('a stack of 5,000 frames', async () => {
    const stack = Array.from({ length: 5000 }, (_, index) => aProfileFrame(`f${index}`));
    const deep = aProfile([{ thread: 't', state: 'cpu', stack, samples: 3 }]);
    const { page, errors } = await open('deep.svg', renderFlamegraph(deep));
    for (const deepest of [298, 597, 896]) {
      expect((await names(page)).at(-1)).toBe(`f${deepest}`);
      await box(page, `f${deepest}`).click();
      await isShown(page, `f${deepest + 299}`);
    }
    expect(await names(page)).toContain('all');
    expect(await page.locator('.note').allTextContents()).toEqual([
      '▴ 889 more callers',
      '▾ 3,804 deeper rows: zoom in',
    ]);
    expect(errors).toEqual([]);
  });

  test('100,000 nodes', async () => {
    const { page, errors } = await open('huge.svg', renderFlamegraph(largeProfile(100_000)));
    const boxes = await page.locator('.box').count();
    expect(boxes).toBeGreaterThan(1000);
    await page.getByRole('searchbox').fill('sqlalchemy');
    expect(await page.getByRole('status').textContent()).toMatch(/^\d+\.\d% matched$/);
    expect(errors).toEqual([]);
  });

  test('names are text, whatever is in them', async () => {
    const all = [...scriptNames, ...hostileNames];
    const profile = aProfile(
      all.map((name) => ({ thread: name, state: 'cpu', stack: [aProfileFrame(name)], samples: 1 })),
      { warnings: all },
    );
    profile.meta.process.argv = all;
    for (const text of [
      renderFlamegraph(profile),
      renderFlamegraphDiff(profile, aProfile(['main;cpu;f 1'])),
    ]) {
      const { page, errors, requests } = await open('hostile.svg', text);
      for (const name of scriptNames) {
        const found = page.locator(`.box:has-text(${JSON.stringify(name.slice(0, 6))})`);
        expect(await found.count()).toBeGreaterThan(0);
      }
      const nodes = await page.locator('.box').count();
      const shown: string[] = [];
      for (let node = 0; node < nodes; node++) {
        await page.locator('.box').nth(node).hover();
        shown.push((await page.getByRole('tooltip').locator('p').first().textContent()) ?? '');
      }
      expect(shown).toEqual(expect.arrayContaining(scriptNames));
      await page.getByRole('searchbox').fill(scriptNames[0]!);
      await page.locator('.box').last().click();
      expect(await wasPwned(page)).toBe(false);
      expect(errors).toEqual([]);
      expect(requests).toHaveLength(1);
    }
  });

  test('what has gone can be zoomed to', async () => {
    const before = aProfile(['main;cpu;run;old;older 10', 'main;cpu;run;parse 90']);
    const after = aProfile(['main;cpu;run;parse 50']);
    const { page } = await open('diff.svg', renderFlamegraphDiff(before, after));
    expect(await page.locator('.note').textContent()).toMatch(/^Gone: 10\.0%/);
    expect(await widthOf(page, 'old')).toBe(Math.round(97.6 - 1));
    await box(page, 'old').click();
    await isGone(page, 'parse');
    expect(await names(page)).toEqual(['all', 'run', 'old', 'older']);
    await box(page, 'older').hover();
    expect(await page.getByRole('tooltip').locator('p').allTextContents()).toEqual([
      'older',
      'worker.py',
      'before: 10.0%, 10 samples',
      'after: 0.0%, 0 samples',
      '−10.00 percentage points, gone',
      '100.0% of what is zoomed to',
    ]);
  });

  test('without scripts it is a picture', async () => {
    const { page, requests } = await open('static.svg', svg, { javaScriptEnabled: false });
    expect(await names(page)).toEqual(['all', 'run', 'poll', 'serve', 'parse', 'render']);
    expect(await page.locator('.tools').count()).toBe(0);
    expect(requests).toHaveLength(1);
    const embedded = await open('page.html', '<img src="static.svg">');
    await embedded.page.waitForFunction('document.images[0].naturalWidth === 1200');
  });
});
