import { spawn } from 'node:child_process';

/**
 * Shows a text by the person's pager, which has the terminal meanwhile. Gives false where that could not be started.
 */
export function page(text: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const pager = env['PAGER'] === undefined || env['PAGER'] === '' ? 'less -R' : env['PAGER'];
  // Ctrl-C is the pager's own as long as it runs; it would end sleeper otherwise.
  const listeners = process.listeners('SIGINT');
  process.removeAllListeners('SIGINT');
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', pager], { stdio: ['pipe', 'inherit', 'inherit'] });
    // A pager that is left before the end of the text.
    child.stdin.on('error', () => undefined);
    const over = (shown: boolean): void => {
      process.off('SIGINT', ignore);
      for (const listener of listeners) process.on('SIGINT', listener);
      resolve(shown);
    };
    child.on('error', () => over(false));
    // The shell's answer where there is no such program.
    child.on('close', (code) => over(code !== 126 && code !== 127));
    child.stdin.end(text);
  });
}
