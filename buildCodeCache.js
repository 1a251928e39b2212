// Keeps what V8 has compiled of the CLI once it has run, for bin/main.cjs. A process of its own: the CLI ends it.
import { renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { file, compile } = createRequire(import.meta.url)('./bin/main.cjs');

const { script, run } = compile();
process.once('exit', () => {
  writeFileSync(`${file}.cache.new`, script.createCachedData());
  // V8 does not check whether it is whole.
  renameSync(`${file}.cache.new`, `${file}.cache`);
});
// The command that does the least: more of what the others compile made no difference that could be measured.
process.argv.splice(2, Infinity, '--version');
run();
