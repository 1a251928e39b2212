/**
 * `npm run bench [-- ROUNDS [PYTHON]]`: what a dump costs, beside py-spy and gdb's py-bt.
 * `npm run bench -- record [--quick] [ROUNDS [PYTHON]]`: what a recording costs, beside py-spy and austin.
 */
import type { Choice } from './choice.js';
import { benchDump } from './dump.js';
import { benchRecord } from './record.js';

const words = process.argv.slice(2).filter((word) => word !== 'record' && word !== '--quick');
const choice: Choice = { rounds: words[0] === undefined ? undefined : Number(words[0]), python: words[1] };
if (process.argv[2] === 'record') await benchRecord(choice, process.argv.includes('--quick'));
else await benchDump(choice);
