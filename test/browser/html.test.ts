import { expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { renderHtml } from '../../src/render/html/renderHtml.js';
import { largeProfile } from '../support/largeProfile.js';
import { aProfile, aProfileFrame, hostileNames } from '../support/profiles.js';
import { describeInBrowser, scriptNames, wasPwned } from './browser.js';

const html = renderHtml(
  aProfile(
    [
      'main;cpu+gil;run:3;serve:7;parse:12 300',
      'main;cpu;run:3;serve:7;render:30 250',
      'main;idle;run:3;poll:9 350',
      'worker-1;idle;run:3;take:9 900',
    ],
    { warnings: ['Something <odd> was seen'] },
  ),
);

const tab = (page: Page, name: string): Locator => page.getByText(name);

/** The functions in the table of the view "Sandwich", as [total, self, function]. */
async function table(page: Page): Promise<string[][]> {
  await tab(page, 'Sandwich').click();
  // There is another one, which is not seen: of the threads.
  const body = page.locator('tr:has(td):visible');
  await body.first().waitFor();
  const rows = await body.all();
  return Promise.all(rows.map((row) => row.locator('td').allTextContents()));
}

describeInBrowser('a page with speedscope', (open) => {
  test('it opens on the profile, and asks for nothing', async () => {
    const { page, requests, errors } = await open('profile.html', html);
    await page.getByText('thread "main" (4242)').first().waitFor();
    expect(await page.title()).toContain('Process 4242: python3 worker.py --port 8000');
    const rows = await table(page);
    expect(rows.map(([, , name]) => name).sort()).toEqual(['parse', 'poll', 'render', 'run', 'serve']);
    expect(rows.find(([, , name]) => name === 'serve')![0]).toBe('5.50s (61%)');
    expect(rows.find(([, , name]) => name === 'poll')!.slice(0, 2)).toEqual(['3.50s (39%)', '3.50s (39%)']);
    expect(requests).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test('all views, and search', async () => {
    const { page, requests, errors } = await open('views.html', html);
    await page.getByText('thread "main" (4242)').first().waitFor();
    for (const view of ['Left Heavy', 'Time Order']) {
      await tab(page, view).click();
      // The flame chart is a drawing; the frame below the mouse is named as text.
      const named = page.getByText(/\brun\b/);
      await page.mouse.move(300, 5);
      await named.waitFor({ state: 'detached' });
      await page.mouse.move(300, 155);
      await named.waitFor();
    }
    await page.keyboard.press('Control+f');
    // It comes with the next drawing; what is typed before goes elsewhere.
    await page.getByRole('textbox').fill('parse');
    await page.getByText('1/1').or(page.getByText('?/1')).waitFor();
    // The other thread.
    await page.getByRole('textbox').press('Escape');
    await page.getByRole('textbox').waitFor({ state: 'detached' });
    await page.keyboard.press('n');
    await page.getByText('thread "worker-1" (4243) (2/2)').waitFor();
    expect((await table(page)).map(([, , name]) => name)).toEqual(['take', 'run']);
    expect(requests).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test('how it was recorded', async () => {
    const { page } = await open('recording.html', html);
    const recording = page.locator('#recording');
    expect(await recording.locator('summary').innerText()).toMatch(
      /⚠ 1 warning\s+Process 4242: python3 worker\.py --port 8000\s+CPython 3\.11\.7, /,
    );
    expect((await recording.boundingBox())!.height).toBe(22);
    await recording.locator('summary').click();
    expect(await recording.innerText()).toContain('⚠ Something <odd> was seen');
    // Nothing is hidden behind it.
    const application = await page.locator('body > div').first().boundingBox();
    expect(application!.height).toBe(700 - 22);
  });

  test('names are text, whatever is in them', async () => {
    const names = [...scriptNames, ...hostileNames];
    const stack = names.map((name) => aProfileFrame(name, { file: `/tmp/${name}` }));
    const profile = aProfile([{ thread: scriptNames[1]!, state: 'cpu', stack, samples: 1 }], {
      warnings: names,
    });
    profile.meta.process.argv = names;
    const { page, requests, errors } = await open('hostile.html', renderHtml(profile));
    await page.getByText(scriptNames[1]!).first().waitFor();
    const shown = (await table(page)).map(([, , name]) => name);
    expect(shown).toEqual(expect.arrayContaining(scriptNames));
    await page.locator('summary').click();
    expect(await page.locator('#recording').innerText()).toContain(scriptNames[2]);
    expect(await wasPwned(page)).toBe(false);
    expect(requests).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test('some thousands of nodes', async () => {
    const { page, errors } = await open('large.html', renderHtml(largeProfile(2000)));
    await page
      .getByText(/^thread "/)
      .first()
      .waitFor();
    expect((await table(page)).length).toBeGreaterThan(20);
    expect(errors).toEqual([]);
  });

  test('no sample', async () => {
    const { page, errors } = await open('empty.html', renderHtml(aProfile([])));
    expect(await page.locator('main').textContent()).toBe('There is no sample to show.');
    expect(errors).toEqual([]);
  });
});
