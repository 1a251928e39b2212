/** The recordings of the programs in demo/ whose reports the documents show. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTerminal, place, setUp } from './scenes.js';

export const recordings = fileURLToPath(new URL('../recordings/', import.meta.url));

/** How each of them is made, in the directory of the programs. */
const commands: Readonly<Record<string, string>> = {
  profile: 'sleeper record -d 60 -r 2 -o profile.sleeper -- python3 demo/shop.py 61',
  after: 'sleeper record -d 60 -r 2 -o after.sleeper -- python3 demo/shop.py 61',
  variables:
    'sleeper record --locals-at handle:path -d 30 -r 2 -o variables.sleeper -- python3 demo/shop.py 31',
  native: 'sleeper record --native -d 30 -r 2 -o native.sleeper -- python3 demo/thumbs.py 31',
};

/** The next release of the shop: a total looks at more pieces. */
function release(): void {
  const file = join(place, 'demo/shop.py');
  writeFileSync(file, readFileSync(file, 'utf8').replace('range(2000)', 'range(9000)'));
}

/**
 * Makes those that are not there. The documents show what is in them, so one that is there is kept: whoever makes it anew
 * has to write the documents anew, too.
 */
export async function makeRecordings(): Promise<void> {
  mkdirSync(recordings, { recursive: true });
  for (const [name, command] of Object.entries(commands)) {
    const file = `${name}.sleeper`;
    if (existsSync(join(recordings, file))) continue;
    setUp();
    if (name === 'after') release();
    await inTerminal(command);
    copyFileSync(join(place, file), join(recordings, file));
    process.stdout.write(`demo/recordings/${file}\n`);
  }
}
