import { replErrors } from '../../replErrors.js';
import type { Verb } from '../verb.js';
import { describe, execute, print } from './evaluate.js';
import { watch, watchUsage } from './watch.js';

function needed(rest: string, usage: string): string {
  if (rest === '') throw replErrors.verbUsage('What?', usage);
  return rest;
}

export const expressionVerbs: readonly Verb[] = [
  {
    name: 'p',
    aliases: ['print'],
    usage: 'p EXPR',
    summary: 'evaluate an expression in the chosen frame, and print its repr()',
    more:
      'It is evaluated in the process, by a thread of its own, with the variables of the chosen frame, and is ended ' +
      'after the time that --timeout says, or by Ctrl-C. While the process is paused, or if the GIL is not to be had, ' +
      'a plain name is answered from memory.',
    takes: 'python',
    run: (context, { rest, signal }) => print(context, needed(rest, 'p EXPR'), false, signal),
  },
  {
    name: 'pp',
    usage: 'pp EXPR',
    summary: 'as p, by pprint',
    takes: 'python',
    run: (context, { rest, signal }) => print(context, needed(rest, 'pp EXPR'), true, signal),
  },
  {
    name: '!',
    usage: '!STATEMENT',
    summary: 'execute a statement in the chosen frame; it may change the process',
    more:
      'The first one is asked for. Where there is no terminal to ask on, --yes must have been given. Lines that open a ' +
      'bracket or a block go on in the next line; an empty line ends a block.',
    takes: 'python',
    run: (context, { rest, signal }) => execute(context, needed(rest, '!STATEMENT'), signal),
  },
  {
    name: 'whatis',
    usage: 'whatis EXPR',
    summary: 'the type of an expression, where it is defined, how it is called',
    takes: 'python',
    run: (context, { rest, signal }) => describe(context, needed(rest, 'whatis EXPR'), signal),
  },
  {
    name: 'watch',
    usage: watchUsage,
    summary: 'evaluate an expression again and again, until Ctrl-C',
    more: 'Every second unless said otherwise.',
    takes: 'python',
    run: (context, call) => watch(context, call),
  },
];
