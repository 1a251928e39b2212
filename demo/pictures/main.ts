/**
 * `npm run pictures` makes docs/images/ anew: terminals, a flame graph and a page, of the programs in demo/, and those
 * recordings in demo/recordings/ that are missing. The page needs a Chromium in PATH. test/integration/pictures.test.ts
 * compares with what sleeper prints today.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { makeRecordings, recordings } from './recordings.js';
import { columns, inTerminal, place, play, scenes, setUp, startHungWorker, tearDown } from './scenes.js';
import { terminalSvg } from './terminalSvg.js';

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));

function write(name: string, content: string | Uint8Array): void {
  writeFileSync(join(images, name), content);
  process.stdout.write(`docs/images/${name}: ${(content.length / 1024).toFixed(0)} KiB\n`);
}

async function drawTerminals(): Promise<void> {
  const worker = await startHungWorker();
  try {
    for (const [name, command] of Object.entries(scenes)) {
      write(`${name}.svg`, terminalSvg(await play(command(worker.pid)), columns));
    }
  } finally {
    worker.kill('SIGKILL');
  }
}

async function drawRecording(): Promise<void> {
  copyFileSync(join(recordings, 'profile.sleeper'), join(place, 'profile.sleeper'));
  for (const name of ['profile.svg', 'profile.html']) {
    await inTerminal(`sleeper report profile.sleeper --no-idle --no-lines -o ${name}`);
  }
  write('flamegraph.svg', readFileSync(join(place, 'profile.svg'), 'utf8'));
  write('page.png', await photograph(join(place, 'profile.html')));
}

/** The page as a browser shows it. */
async function photograph(page: string): Promise<Uint8Array> {
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const tab = await browser.newPage({ viewport: { width: 1000, height: 520 } });
    await tab.goto(pathToFileURL(page).href);
    await tab.waitForSelector('canvas');
    await tab.getByText('Left Heavy').click();
    return await tab.screenshot();
  } finally {
    await browser.close();
  }
}

mkdirSync(images, { recursive: true });
setUp();
try {
  await makeRecordings();
  await drawTerminals();
  await drawRecording();
} finally {
  tearDown();
}
