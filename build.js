// Puts the CLI and all that it uses into one file, and beside it what V8 makes of that: Node then starts in half of the
// time. It does not check types: `npm run typecheck` does.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
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

/** What starts gdb before the rest is read. The rest asks it for that; its path is as bin/main.cjs has it. */
const gdbFirst = {
  name: 'gdb-first',
  setup({ onResolve }) {
    onResolve({ filter: /\/headStart\.js$/ }, () => ({
      path: '../dist/cli/headStart.cjs',
      external: true,
    }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  // It is read each time. Names and lines stay, for those who are shown where it failed.
  minifyWhitespace: true,
  lineLimit: 160,
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

/** Whoever uses the former one has it whole until then. */
function replaceFile(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** esbuild does so in strings, and not in regular expressions and comments. */
function inAscii(text) {
  return text.replaceAll(
    // eslint-disable-next-line no-control-regex
    /[^\x00-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// As deep below the root as the sources: they find files of the package relative to themselves.
const outfile = 'dist/cli/main.cjs';
const first = 'dist/cli/headStart.cjs';
const built = await build({
  ...common,
  plugins: [...common.plugins, gdbFirst],
  entryPoints: ['src/cli/main.ts'],
  outfile,
  write: false,
});
const builtFirst = await build({
  ...common,
  entryPoints: ['src/gdb/headStart.ts'],
  outfile: first,
  write: false,
});
replaceFile(first, builtFirst.outputFiles[0].text);
const text = inAscii(built.outputFiles[0].text);
replaceFile(outfile, `//${createHash('sha256').update(text).digest('hex')}\n${text}`);
for (const name of readdirSync('gdb-scripts')) {
  replaceFile(`dist/gdb-scripts/${name}`, withoutWords(readFileSync(`gdb-scripts/${name}`, 'utf8')));
}

// The man page is made of the definitions of the commands, by a program that is not kept.
const writer = 'dist/cli/writeManPage.cjs';
await build({ ...common, entryPoints: ['src/cli/writeManPage.ts'], outfile: writer });
execFileSync(process.execPath, [writer, 'dist/man/sleeper.1', 'bin/sleeper'], { stdio: 'inherit' });
rmSync(writer);

execFileSync(process.execPath, ['buildCodeCache.js'], { stdio: 'ignore' });

for (const name of readdirSync('dist/cli')) {
  if (![basename(first), basename(outfile), `${basename(outfile)}.cache`].includes(name))
    rmSync(`dist/cli/${name}`);
}
