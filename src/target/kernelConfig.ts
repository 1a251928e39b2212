import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { tryReadProc } from './procFile.js';

/**
 * How the running kernel was configured: /proc/config.gz (CONFIG_IKCONFIG_PROC), or the file that distributions put in
 * /boot. Null where there is neither, as in most containers.
 */
export function readKernelConfig(procRoot: string, boot = '/boot'): string | null {
  try {
    return gunzipSync(readFileSync(`${procRoot}/config.gz`)).toString('latin1');
  } catch {
    return tryReadProc(`${boot}/config-${release()}`);
  }
}

/** Whether an option is built in; false also for what this version does not have. */
export function isConfigured(config: string, option: string): boolean {
  return config.includes(`\n${option}=y\n`);
}
