import type { Snapshot } from '../../model/snapshot.js';
import { conditions, gilLine } from '../../render/header.js';
import { renderDump } from '../../render/renderDump.js';
import { renderFds } from '../../render/renderFds.js';
import { renderJson } from '../../render/json.js';
import { escapeUntrusted } from '../../render/escape.js';
import { wrapItems } from '../../render/width.js';
import { replErrors } from '../../replErrors.js';
import type { ReplContext } from '../context.js';
import { message, type Outcome } from '../outcome.js';
import type { Verb } from '../verb.js';
import { renderContextOf } from './place.js';

function fds(context: ReplContext): Outcome {
  const open = context.ports.inspector.fds();
  return { result: { kind: 'fds', open }, lines: (view) => renderFds(open, view).trimEnd().split('\n') };
}

function threadReference({ tid, python, kernel }: Snapshot['threads'][number]) {
  return { tid, name: python?.name ?? kernel?.name ?? null };
}

async function gil(context: ReplContext, signal: AbortSignal): Promise<Outcome> {
  const { threads, interpreters } = await context.snapshot(signal);
  return {
    result: {
      kind: 'gil',
      interpreters: interpreters.map(({ id, gil: each }) => {
        const holder = threads.find(({ python }) => python !== null && python.address === each.holder);
        return { id, gil: each, holder: holder === undefined ? null : threadReference(holder) };
      }),
      waiting: threads.filter((thread) => thread.gil === 'waits').map(threadReference),
    },
    lines: (view) => {
      const rendered = renderContextOf(context, view);
      const lines = gilLine(rendered.snapshot, rendered);
      return lines.length > 0 ? lines : ['GIL: unknown'];
    },
  };
}

async function gc(context: ReplContext, signal: AbortSignal): Promise<Outcome> {
  const { interpreters } = await context.snapshot(signal);
  return {
    result: { kind: 'gc', interpreters: interpreters.map(({ id, gc: each }) => ({ id, gc: each })) },
    lines: (view) => {
      const rendered = renderContextOf(context, view);
      const generations = interpreters.map(({ id, gc: each }) => {
        const where = interpreters.length === 1 ? '' : ` of interpreter ${id}`;
        const counts = each.generations.map(
          ({ count, threshold }, index) => `generation ${index}: ${count} of ${threshold}`,
        );
        const state = each.enabled === null ? 'unknown' : each.enabled ? 'on' : 'off';
        return [`Garbage collector${where}: ${state}`, ...counts].join(', ');
      });
      return [...generations, ...conditions(rendered.snapshot, rendered)];
    },
  };
}

/** Plain strings, in which no module name has a quote. */
const listed = /'([^']*)'/g;
const sysModules = "[str(name) for name in sorted(__import__('sys').modules)]";

/** sys.modules, if the process can be asked; else what the stacks show. */
async function moduleNames(
  context: ReplContext,
  signal: AbortSignal,
): Promise<{ names: string[]; complete: boolean }> {
  if (!context.paused) {
    const live = await context.liveTarget(signal);
    const { evaluationMs: timeoutMs } = context.ports;
    const answer = await live.evaluate(
      { frame: null, source: sysModules, mode: 'expression', maxLength: 1_000_000, timeoutMs },
      signal,
    );
    const text = answer.kind === 'answer' ? answer.value.value?.text : undefined;
    if (text !== undefined)
      return { names: [...text.matchAll(listed)].map(([, name = '']) => name), complete: true };
  }
  const { modules = [] } = await context.snapshot(signal, { globals: true });
  return { names: modules.map(({ name }) => name).sort(), complete: false };
}

async function modules(context: ReplContext, rest: string, signal: AbortSignal): Promise<Outcome> {
  const { names, complete } = await moduleNames(context, signal);
  const wanted = names.filter((name) => name.includes(rest));
  return {
    result: { kind: 'modules', modules: wanted, complete },
    lines: ({ width }) =>
      wanted.length === 0 ? ['None.'] : wrapItems(wanted.map(escapeUntrusted), ', ', Math.min(width, 120)),
    notes: complete ? [] : ['Only the modules whose code is on a stack: the process could not be asked.'],
  };
}

async function dump(context: ReplContext, path: string, signal: AbortSignal): Promise<Outcome> {
  const snapshot = await context.snapshot(signal);
  const sourceOf = context.ports.sourceOf(snapshot);
  if (path === '') {
    return {
      result: { kind: 'dump', snapshot },
      lines: (view) =>
        renderDump(snapshot, { ...view, sourceOf })
          .trimEnd()
          .split('\n'),
    };
  }
  const plain = { colour: false, width: Infinity, valueWidth: 400, sourceOf };
  context.ports.writeFile(
    path,
    path.endsWith('.json') ? renderJson(snapshot, true) : renderDump(snapshot, plain),
  );
  return message(`Written to ${path}.`, () => [escapeUntrusted(`Written to ${path}.`)]);
}

async function pause(context: ReplContext, signal: AbortSignal): Promise<Outcome> {
  const { pid } = context.ports;
  if (context.paused) return message(`Process ${pid} is paused already.`);
  await context.pause(signal);
  return message(`Process ${pid} is paused: it stands still until you \`resume\` it, or leave.`);
}

async function resume(context: ReplContext): Promise<Outcome> {
  const { pid } = context.ports;
  if (!context.paused) return message(`Process ${pid} runs.`);
  await context.resume();
  return message(`Process ${pid} runs on.`);
}

async function refresh(context: ReplContext, signal: AbortSignal): Promise<Outcome> {
  if (context.paused) throw replErrors.pausedProcess(context.ports.pid);
  const { takenAt, threads } = await context.refresh(signal);
  return message(`Taken ${takenAt}: ${threads.length} threads.`);
}

async function detach(context: ReplContext): Promise<Outcome> {
  await context.letGo();
  return message(
    `Process ${context.ports.pid} runs on, and nothing of sleeper's runs in it. The next command that needs it attaches again.`,
  );
}

export const processVerbs: readonly Verb[] = [
  {
    name: 'fds',
    usage: 'fds',
    summary: 'the open file descriptors, as they are now',
    run: (context) => Promise.resolve(fds(context)),
  },
  {
    name: 'gil',
    usage: 'gil',
    summary: 'who holds the GIL',
    frozen: true,
    run: (context, { signal }) => gil(context, signal),
  },
  {
    name: 'gc',
    usage: 'gc',
    summary: 'the state of the garbage collector',
    frozen: true,
    run: (context, { signal }) => gc(context, signal),
  },
  {
    name: 'modules',
    usage: 'modules [PART]',
    summary: 'the modules that are loaded, or those with PART in their name',
    run: (context, { rest, signal }) => modules(context, rest, signal),
  },
  {
    name: 'pause',
    usage: 'pause',
    summary: 'stop the process until `resume`',
    more: 'While it is paused no Python can run in it: values are shown as they are in memory.',
    run: (context, { signal }) => pause(context, signal),
  },
  { name: 'resume', usage: 'resume', summary: 'let the paused process run on', run: resume },
  {
    name: 'refresh',
    usage: 'refresh',
    summary: 'look at the process again',
    more:
      'Threads, stacks and variables are shown as they were at one instant, until you `refresh`, `resume` or execute a ' +
      'statement. The chosen thread and frame stay chosen if they are still there.',
    run: (context, { signal }) => refresh(context, signal),
  },
  {
    name: 'dump',
    usage: 'dump [FILE]',
    summary: 'show all threads, or write them to a file; as JSON if its name ends in .json',
    frozen: true,
    run: (context, { rest, signal }) => dump(context, rest, signal),
  },
  {
    name: 'detach',
    usage: 'detach',
    summary: 'leave the process alone, but stay here',
    run: detach,
  },
];
