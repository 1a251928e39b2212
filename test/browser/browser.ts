import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** The program of a Chromium on this machine. With SLEEPER_REQUIRED_BROWSER set, there must be one. */
function findChromium(): string | null {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  const found = names
    .flatMap((name) => directories.map((directory) => join(directory, name)))
    .find(existsSync);
  if (found === undefined && (process.env['SLEEPER_REQUIRED_BROWSER'] ?? '') !== '') {
    throw new Error(`a browser is required here, and none of these is in PATH: ${names.join(', ')}`);
  }
  return found ?? null;
}

const executablePath = findChromium();

/** A page that shows a file, and what happened meanwhile that should not have. */
export interface OpenedPage {
  readonly page: Page;
  /** All that it asked for, the file itself first. */
  readonly requests: readonly string[];
  /** Errors of its scripts, and what the browser complained of. */
  readonly errors: readonly string[];
}

/** Shows a text as a file of that name. */
export type Open = (name: string, text: string, options?: BrowserContextOptions) => Promise<OpenedPage>;

/** Tests that need a browser. Where there is none they are skipped, and their title says why. */
export function describeInBrowser(title: string, tests: (open: Open) => void): void {
  if (executablePath === null) {
    process.stderr.write(`No Chromium was found: skipped: ${title}\n`);
    describe.skip(`${title} (skipped: no Chromium was found)`, () =>
      tests(() => Promise.reject(new Error())));
    return;
  }
  describe(title, () => {
    let browser: Browser;
    const directory = mkdtempSync(join(tmpdir(), 'sleeper-browser-'));
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    });
    afterAll(async () => {
      await browser.close();
      rmSync(directory, { recursive: true });
    });
    tests(async (name, text, options = {}) => {
      const file = join(directory, name);
      writeFileSync(file, text);
      const page = await browser.newPage({ viewport: { width: 1000, height: 700 }, ...options });
      page.setDefaultTimeout(30_000);
      const requests: string[] = [];
      const errors: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('dialog', (dialog) => {
        errors.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(`file://${file}`);
      return { page, requests, errors };
    });
  });
}

/** Names that would run a script if they were taken for anything but text. */
export const scriptNames = [
  '<script>globalThis.pwned = 1</script>',
  '</script><script>globalThis.pwned = 1</script>',
  ']]></script><img src="x" onerror="globalThis.pwned = 1"/>',
  '"><g onload="globalThis.pwned = 1">',
  '</title><svg onload="globalThis.pwned = 1"/>',
  "${globalThis.pwned = 1}'+(globalThis.pwned = 1)+'",
  '&lt;b&gt;&amp;',
];

/** Whether one of them did. */
export async function wasPwned(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('globalThis.pwned !== undefined');
}
