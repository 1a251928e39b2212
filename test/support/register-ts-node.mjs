// Runs TypeScript from source: `node --enable-source-maps --import ./test/support/register-ts-node.mjs FILE.ts`.
// `ts-node` and `ts-node --esm` themselves fail on Node 20 and later (ts-node#1997).
import { register } from 'node:module';
import { inspect } from 'node:util';

process.env.TS_NODE_PROJECT ??= new URL('../../tsconfig.json', import.meta.url).pathname;
register('ts-node/esm', import.meta.url);

// Diagnostics come over from the loader's thread without their prototype: node would print "[Object: null prototype]".
process.on('uncaughtException', (error) => {
  const text = error?.diagnosticText ?? error?.stack ?? inspect(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
