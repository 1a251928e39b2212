import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findAgent } from '../../../src/target/agentLibrary.js';
import { openProcessMemory, type ProcessMemory } from '../../../src/target/processMemory.js';

const here = fileURLToPath(new URL('./targets/', import.meta.url));
const agentSources = fileURLToPath(new URL('../../../agent-c/src/', import.meta.url));

/** Requests that only the stub agent knows; see targets/stubAgent.c. */
export const stubRequest = { spin: 100, refuse: 101, busy: 102 } as const;

/** The compiled target and the stub agent. */
export interface StubBuild {
  readonly program: string;
  readonly agent: string;
  remove(): void;
}

export function buildStub(): StubBuild {
  const directory = mkdtempSync(join(tmpdir(), 'sleeper-stub-'));
  const program = join(directory, 'busy');
  const agent = join(directory, 'libsleeper-stub.so');
  const entry = `${agentSources}entry_${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.S`;
  compile(['-O2', '-pthread', '-o', program, `${here}busy.c`]);
  compile([
    '-O2',
    '-fPIC',
    '-shared',
    '-mgeneral-regs-only',
    '-fno-stack-protector',
    '-o',
    agent,
    `${here}stubAgent.c`,
    `${agentSources}call.c`,
    entry,
  ]);
  return { program, agent, remove: () => rmSync(directory, { recursive: true }) };
}

function compile(args: string[]): void {
  const { status, stderr } = spawnSync('cc', ['-Wall', '-Wextra', '-Werror', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cc failed: ${stderr}`);
}

/** A running target with the stub agent in it. */
export interface StubTarget {
  readonly pid: number;
  readonly control: bigint;
  readonly memory: ProcessMemory;
  /** Has the target prove that all its threads go on and that nothing was noticed. */
  assertWell(): Promise<void>;
  /** Ends it. Throws if it had noticed anything. */
  end(): Promise<void>;
  kill(): void;
}

export async function startStubTarget(build: StubBuild, args: string[] = []): Promise<StubTarget> {
  const child = spawn(build.program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { LD_PRELOAD: build.agent },
  });
  const exit = new Promise<string>((resolve) =>
    child.on('close', (code, signal) =>
      resolve(`code ${String(code)}, signal ${String(signal)}: ${complaint}`),
    ),
  );
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const pid = pidOf(child);
  const agent = findAgent(pid);
  if (agent === null) throw new Error('the stub agent is not in the target');
  return {
    pid,
    control: agent.control,
    memory: openProcessMemory(pid),
    assertWell: async () => {
      child.stdin.write('x');
      const answer = await lines.next();
      if (answer.done === true) throw new Error(`the target ended: ${await exit}`);
    },
    end: async () => {
      child.stdin.end();
      const how = await exit;
      if (!how.startsWith('code 0,')) throw new Error(`the target ended with ${how}`);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the target did not start');
  return child.pid;
}

/** Every gdb to test with: the machine's own, and those that test/pythons/fetch has brought. */
export function findGdbs(): string[] {
  const cache =
    process.env['SLEEPER_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sleeper');
  const directory = join(cache, 'gdb');
  const fetched = existsSync(directory)
    ? readdirSync(directory).map((name) => join(directory, name, 'bin', 'gdb'))
    : [];
  return ['gdb', ...fetched.filter((path) => existsSync(path))];
}
