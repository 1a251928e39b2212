import { replErrors } from '../../replErrors.js';
import type { ReplResult } from '../../model/replAnswer.js';
import { variablesOf } from '../../render/frames.js';
import { count } from '../../render/units.js';
import { renderVariables, type AnyVariable } from '../../render/variables.js';
import type { ReplContext } from '../context.js';
import type { Outcome } from '../outcome.js';
import type { Verb } from '../verb.js';
import { renderContextOf } from './place.js';

type Variables = Extract<ReplResult, { kind: 'variables' }>;

function outcome(context: ReplContext, variables: Variables, shown: readonly AnyVariable[]): Outcome {
  const { scope, total } = variables;
  return {
    result: variables,
    lines: (view) => {
      const rendered = renderContextOf(context, view);
      if (shown.length === 0) return [rendered.style.faint(`No ${scope === 'args' ? 'arguments' : scope}.`)];
      const lines = renderVariables([[shown, '']], '', rendered);
      if (total > variables.variables.length)
        lines.push(rendered.style.faint(`… ${count(variables.variables.length)} of ${count(total)} shown`));
      return lines;
    },
  };
}

async function ofFrame(
  context: ReplContext,
  scope: 'locals' | 'args',
  signal: AbortSignal,
): Promise<Outcome> {
  await context.snapshot(signal);
  const { frame, frames, frameNumber } = context.looking;
  if (frame === null) throw replErrors.noSuchFrame(frameNumber, frames.length);
  const all = frame.variables ?? [];
  const variables = scope === 'locals' ? all : all.filter(({ kind }) => kind === 'argument');
  const total = scope === 'locals' ? (frame.variablesTruncated?.total ?? all.length) : variables.length;
  return outcome(
    context,
    { kind: 'variables', scope, variables, total },
    scope === 'locals' ? variablesOf(frame) : variables,
  );
}

async function globals(context: ReplContext, signal: AbortSignal): Promise<Outcome> {
  const snapshot = await context.snapshot(signal, { globals: true });
  const { frame, frames, frameNumber } = context.looking;
  if (frame === null) throw replErrors.noSuchFrame(frameNumber, frames.length);
  const module = snapshot.modules?.find(({ name }) => name === frame.module);
  const variables = module?.globals ?? [];
  const total = module?.truncated?.total ?? variables.length;
  return outcome(context, { kind: 'variables', scope: 'globals', variables, total }, variables);
}

export const variableVerbs: readonly Verb[] = [
  {
    name: 'locals',
    usage: 'locals',
    summary: 'the variables of the chosen frame, as they are in memory',
    more: 'No code of the process runs for it; `p NAME` asks the process for the repr() of one.',
    frozen: true,
    run: (context, { signal }) => ofFrame(context, 'locals', signal),
  },
  {
    name: 'args',
    aliases: ['a'],
    usage: 'args',
    summary: 'the arguments of the chosen frame',
    frozen: true,
    run: (context, { signal }) => ofFrame(context, 'args', signal),
  },
  {
    name: 'globals',
    usage: 'globals',
    summary: 'the globals of the module of the chosen frame',
    frozen: true,
    run: (context, { signal }) => globals(context, signal),
  },
];
