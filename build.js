// Puts the CLI and all that it uses into few files: Node then starts in two thirds of the time. It does not
// check types: `npm run typecheck` does.
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

const { metafile } = await build({
  metafile: true,
  entryPoints: ['src/cli/main.ts'],
  // As deep below the root as the sources: they find files of the package relative to themselves.
  outdir: 'dist/cli',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  chunkNames: 'chunk-[hash]',
  // Has native code.
  external: ['node-pty'],
  plugins: [englishOnly],
  // For the CommonJS packages in the bundle.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync('dist/cli')) {
  if (!written.has(name)) rmSync(`dist/cli/${name}`, { recursive: true });
}
