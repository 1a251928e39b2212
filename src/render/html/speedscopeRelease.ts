import { readFileSync } from 'node:fs';
// By another name: the bundle has one of its own, see build.js.
import { createRequire as requireFrom } from 'node:module';
import { dirname, join } from 'node:path';

/** What of the package `speedscope` goes into a page. */
export interface SpeedscopeRelease {
  readonly script: string;
  /** Its font is in it. */
  readonly style: string;
  readonly licence: string;
}

/** Reads speedscope from the installed package. The names of its files change from one version to the next. */
export function speedscopeRelease(): SpeedscopeRelease {
  const require = requireFrom(import.meta.url);
  const root = dirname(require.resolve('speedscope/package.json'));
  const release = join(root, 'dist', 'release');
  const read = (name: string): string => readFileSync(join(release, name), 'utf8');
  const page = read('index.html');
  const fileOf = (pattern: RegExp): string => {
    const name = pattern.exec(page)?.[1];
    if (name === undefined) throw new Error(`${join(release, 'index.html')} is not as sleeper knows it`);
    return name;
  };
  const style = read(fileOf(/<link rel="stylesheet" href="([\w.-]+)">/));
  return {
    script: withoutSourceMap(read(fileOf(/<script src="([\w.-]+)">/))),
    style: withoutSourceMap(style).replace(
      /url\("\.\/([\w.-]+\.woff2)"\)/,
      (_, name: string) =>
        `url("data:font/woff2;base64,${readFileSync(join(release, name)).toString('base64')}")`,
    ),
    licence: readFileSync(join(root, 'LICENSE'), 'utf8'),
  };
}

/** The maps are not in the package. */
function withoutSourceMap(text: string): string {
  return text.replace(/\n\/[/*]# sourceMappingURL=\S+( \*\/)?\s*$/, '\n');
}
