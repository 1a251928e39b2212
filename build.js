// Puts the CLI and all that it uses into few files: Node then starts in two thirds of the time. It does not
// check types: `npm run typecheck` does.
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
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
  format: 'esm',
  target: 'node20',
  // Has native code.
  external: ['node-pty'],
  plugins: [englishOnly],
  // For the CommonJS packages in the bundle.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
};

const { metafile } = await build({
  ...common,
  metafile: true,
  entryPoints: ['src/cli/main.ts'],
  // As deep below the root as the sources: they find files of the package relative to themselves.
  outdir: 'dist/cli',
  splitting: true,
  sourcemap: true,
  chunkNames: 'chunk-[hash]',
});

// The man page is made of the definitions of the commands, by a program that is not kept.
const writer = 'dist/cli/writeManPage.js';
await build({ ...common, entryPoints: ['src/cli/writeManPage.ts'], outfile: writer });
execFileSync(process.execPath, [writer, 'dist/man/sleeper.1', 'bin/sleeper'], { stdio: 'inherit' });

const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync('dist/cli')) {
  if (!written.has(name)) rmSync(`dist/cli/${name}`, { recursive: true });
}
