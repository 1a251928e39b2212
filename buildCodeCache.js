// Keeps what V8 has compiled of the CLI once it has looked into a process, for bin/main.cjs. Of what is compiled then a
// part would be while a process stands still. A process of its own: the CLI ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { file, compile } = createRequire(import.meta.url)('./bin/main.cjs');

// Started by the launcher, with the agent in it. Where there is no Python, or gdb may do nothing, it is compiled later.
const target = spawn('bin/sleeper', ['run', 'python3', '-c', 'print(flush=True); input()'], {
  stdio: ['pipe', 'pipe', 'ignore'],
});
await Promise.race([once(target.stdout, 'data'), once(target, 'exit')]);

const { script, run } = compile();
process.once('exit', () => {
  target.kill();
  // That it could not look is no failure of the build.
  process.exitCode = 0;
  writeFileSync(`${file}.cache.new`, script.createCachedData());
  // V8 does not check whether it is whole.
  renameSync(`${file}.cache.new`, `${file}.cache`);
});
process.argv.splice(2, Infinity, 'dump', String(target.pid), '--fds');
run();
