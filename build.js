// Puts the CLI and all that it uses into one file, and beside it what V8 makes of that: Node then starts in half of the
// time. It does not check types: `npm run typecheck` does.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** zod re-exports its messages in 50 languages, which nothing can shake off; English is all that is used. */
const englishOnly = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Has native code.
  external: ['node-pty'],
  // Of what is outside; what is inside is run when it is first imported.
  supported: { 'dynamic-import': false },
  plugins: [englishOnly],
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
};

/** A script in gdb's language without what it says to people, and without the commands for them at its end. */
function withoutWords(script) {
  const [commands = ''] = script.split('# ---- For a person ----');
  return commands
    .replaceAll(/^document .*?^end\n/gms, '')
    .replaceAll(/^ *#.*\n/gm, '')
    .replaceAll(/^\s+/gm, '');
}

rmSync('dist', { recursive: true, force: true });
// As deep below the root as the sources: they find files of the package relative to themselves.
await build({ ...common, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli/main.cjs' });

mkdirSync('dist/gdb-scripts');
for (const name of readdirSync('gdb-scripts')) {
  writeFileSync(`dist/gdb-scripts/${name}`, withoutWords(readFileSync(`gdb-scripts/${name}`, 'utf8')));
}

// The man page is made of the definitions of the commands, by a program that is not kept.
const writer = 'dist/cli/writeManPage.cjs';
await build({ ...common, entryPoints: ['src/cli/writeManPage.ts'], outfile: writer });
execFileSync(process.execPath, [writer, 'dist/man/sleeper.1', 'bin/sleeper'], { stdio: 'inherit' });
rmSync(writer);

execFileSync(process.execPath, ['buildCodeCache.js'], { stdio: ['ignore', 'ignore', 'inherit'] });
