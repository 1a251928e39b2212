// Runs the CLI that `npm run build` has put into dist/, with what V8 made of it then: compiling it takes longer than
// the rest of a look. V8 refuses what another version of it has made, and compiles again.
'use strict';

const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');
const { Script } = require('node:vm');

const file = resolve(__dirname, '../dist/cli/main.cjs');

/**
 * @param {Buffer} [cachedData] of the same file; none: the one beside it, if there is one
 * @returns the compiled script, and what runs it
 */
function compile(cachedData = readCache()) {
  // The parameters are those of a CommonJS module. It is ASCII.
  const source = `(function (require, __filename) {${readFileSync(file, 'latin1')}\n})`;
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  return { script, run: () => script.runInThisContext()(require, file) };
}

function readCache() {
  try {
    return readFileSync(`${file}.cache`);
  } catch {
    return undefined;
  }
}

module.exports = { file, compile };

if (require.main === module) compile().run();
