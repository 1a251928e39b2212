import type { Verb } from './verb.js';
import { expressionVerbs } from './verbs/expressions.js';
import { gdbVerbs } from './verbs/gdb.js';
import { helpVerbs } from './verbs/help.js';
import { processVerbs } from './verbs/process.js';
import { recordVerbs } from './verbs/record.js';
import { sourceVerbs } from './verbs/source.js';
import { stackVerbs } from './verbs/stack.js';
import { greenletVerbs } from './verbs/greenlets.js';
import { taskVerbs } from './verbs/tasks.js';
import { threadVerbs } from './verbs/threads.js';
import { variableVerbs } from './verbs/variables.js';

/** Every verb of the REPL, in the order in which `help` lists them. */
export const verbs: readonly Verb[] = [
  ...threadVerbs,
  ...taskVerbs,
  ...greenletVerbs,
  ...stackVerbs,
  ...sourceVerbs,
  ...variableVerbs,
  ...expressionVerbs,
  ...processVerbs,
  ...recordVerbs,
  ...gdbVerbs,
  ...helpVerbs(() => verbs),
];
