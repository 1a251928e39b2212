// Keeps what V8 has compiled of the CLI once it has looked into a process, for bin/main.cjs. Of what is compiled then a
// part would be while a process stands still. A process of its own: the CLI ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';

const { file, compile } = createRequire(import.meta.url)('./bin/main.cjs');

// One thread that is busy and two that wait in different ways: most of what is done while a process stands still.
const program = `
import threading
lock = threading.Lock()
lock.acquire()
for wait in (input, lock.acquire):
    threading.Thread(target=wait, daemon=True).start()
print(flush=True)
while True:
    pass
`;
const target = spawn('bin/sleeper', ['run', '--allow-attach', 'python3', '-c', program], {
  stdio: ['pipe', 'pipe', 'ignore'],
});
const answers = await Promise.race([
  once(target.stdout, 'data').then(() => true),
  once(target, 'exit').then(() => false),
  delay(10_000).then(() => false),
]);

const { script, hash, run } = compile();
process.once('exit', () => {
  target.kill();
  const temporary = `${file}.cache.${process.pid}`;
  writeFileSync(temporary, Buffer.concat([Buffer.from(hash, 'latin1'), script.createCachedData()]));
  // V8 does not check whether it is whole.
  renameSync(temporary, `${file}.cache`);
  // Where it could not look, for want of Python, gdb or a permission, less is compiled: no failure of the build.
  process.exitCode = 0;
});
process.argv.splice(2, Infinity, ...(answers ? ['dump', String(target.pid), '--fds'] : ['--version']));
run();
