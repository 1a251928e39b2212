import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sleeper } from './target.js';

export const hungWorker = fileURLToPath(new URL('../../demo/hung_worker.py', import.meta.url));

/** demo/hung_worker.py, hanging. */
export async function startHungWorker(): Promise<ChildProcess & { pid: number }> {
  const child = spawn(sleeper, ['run', 'python3', hungWorker, '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  // It says that it is ready, and closes the descriptor: from then on it changes no more.
  child.stdout.resume();
  await once(child.stdout, 'end');
  return child as ChildProcess & { pid: number };
}
