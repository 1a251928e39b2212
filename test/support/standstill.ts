import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Apart from each other, two looks at a thread that waits see the same; longer than it waits for the GIL at a time. */
const betweenLooksMs = 30;
const deadlineMs = 60_000;

/** What a thread does, and how often it has come to wait; null: it does not wait, or has ended. */
function look(pid: number, tid: string): string | null {
  const task = `/proc/${String(pid)}/task/${tid}`;
  try {
    const state = readFileSync(`${task}/stat`, 'utf8').replace(/^.*\) /, '')[0];
    const [switches] = /^voluntary_ctxt_switches:.*$/m.exec(readFileSync(`${task}/status`, 'utf8')) ?? [];
    const call = readFileSync(`${task}/syscall`, 'utf8');
    return state === 'S' && switches !== undefined && !call.startsWith('running')
      ? `${tid} ${call} ${switches}`
      : null;
  } catch {
    return null;
  }
}

/**
 * Waits until every thread of a process waits, and stays where it waits. The kernel sends no event for that, and what a
 * thread could say itself it would say before.
 */
export async function standstill(pid: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (let before = ''; ;) {
    const threads = readdirSync(`/proc/${String(pid)}/task`).map((tid) => look(pid, tid));
    const now = threads.includes(null) ? '' : threads.join('\n');
    if (now !== '' && now === before) return;
    if (performance.now() > deadline) throw new Error(`process ${String(pid)} does not come to stand still`);
    before = now;
    await setTimeout(betweenLooksMs);
  }
}
