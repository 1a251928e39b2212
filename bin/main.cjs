// Runs the CLI that `npm run build` has put into dist/, with what V8 made of it then: compiling it takes longer than
// the rest of a look. V8 refuses what another version of it has made, and compiles again; that it is of the same text is
// for us to see: the text begins with a comment that has its hash, and so does what V8 made of it.
'use strict';

const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');
const { argv, env } = require('node:process');
const { Script } = require('node:vm');

const file = resolve(__dirname, '../dist/cli/main.cjs');
const headStart = '../dist/cli/headStart.cjs';
const hashLength = 64;

/** @returns the compiled script, the hash of its text, and what runs it */
function compile() {
  // The build has seen to it that there is nothing but ASCII.
  const text = readFileSync(file, 'latin1');
  const hash = text.slice('//'.length, '//'.length + hashLength);
  const cachedData = readCache(hash);
  // The parameters are those of a CommonJS module.
  const source = `(function (require, __filename) { 'use strict'; ${text}\n})`;
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  return { script, hash, run: () => script.runInThisContext()(require, file) };
}

function readCache(hash) {
  try {
    const cache = readFileSync(`${file}.cache`);
    return cache.toString('latin1', 0, hashLength) === hash ? cache.subarray(hashLength) : undefined;
  } catch {
    return undefined;
  }
}

module.exports = { file, compile };

/** Puts back what bin/sleeper has set aside. */
function restoreEnvironment() {
  const { SLEEPER_NODE_EXTRA_CA_CERTS: certificates } = env;
  if (certificates === undefined) return;
  env['NODE_EXTRA_CA_CERTS'] = certificates;
  delete env['SLEEPER_NODE_EXTRA_CA_CERTS'];
}

if (require.main === module) {
  restoreEnvironment();
  void require(headStart)
    .giveHeadStart(argv.slice(2))
    .then(() => compile().run());
}
