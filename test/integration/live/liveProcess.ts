import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { FrameReference, LiveTarget } from '../../../src/live/liveTarget.js';
import { openLiveTarget } from '../../../src/live/openLiveTarget.js';
import { parseSystemCall } from '../../../src/target/syscalls/decode.js';
import { systemCallName } from '../../../src/target/syscalls/names.js';
import { sleeper, targetsDirectory } from '../../support/target.js';

export const script = `${targetsDirectory}live.py`;

/** test/targets/live.py, which does what it is told line by line. */
export interface LiveProcess {
  pid: number;
  child: ChildProcess;
  /** Name of a thread -> threading.get_ident(). */
  idents: Readonly<Record<string, number>>;
  /** Has its main thread do something, and gives the line that it prints then. */
  tell(line: string): Promise<string>;
  /** The same for what does not end at once, or ends the process. */
  send(line: string): void;
  nextLine(): Promise<string>;
  /** Opens a session, as a debugger would make the target do it. */
  open(): Promise<LiveTarget>;
  /** The system call that its main thread is in; "" if it runs. */
  call(): string;
  /** The kernel's ids of its threads. */
  threads(): string[];
  /** Its open descriptors, and what they are. */
  fds(): string[];
  /** Ends its input, and gives its exit code. */
  end(): Promise<number | null>;
  exited: Promise<number | null>;
  kill(): void;
}

export async function startLive(executable: string, args: string[] = ['threads']): Promise<LiveProcess> {
  const child = spawn(sleeper, ['run', '--', executable, script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // 3.12 warns of a fork with threads, which is just what is done here.
    env: { ...process.env, PYTHONWARNINGS: 'ignore::DeprecationWarning' },
  });
  const exited = (once(child, 'exit') as Promise<[number | null]>).then(([code]) => code);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('live.py has ended');
    return line.value;
  };
  const ready = await nextLine();
  const pid = child.pid!;
  const tell = async (line: string): Promise<string> => {
    child.stdin.write(`${line}\n`);
    return nextLine();
  };
  return {
    pid,
    child,
    idents: Object.fromEntries(ready.split(' ').map((pair) => pair.split('='))) as Record<string, number>,
    tell,
    send: (line) => void child.stdin.write(`${line}\n`),
    nextLine,
    open: async () => {
      const [result, requestFd, answerFd] = (await tell('start')).split(' ').map(Number);
      if (result !== 0) throw new Error(`live_start: ${result}`);
      return openLiveTarget(pid, requestFd!, answerFd!);
    },
    call: () => {
      const call = parseSystemCall(readFileSync(`/proc/${pid}/syscall`, 'utf8'));
      return call === null ? '' : systemCallName(call.number);
    },
    threads: () => readdirSync(`/proc/${pid}/task`).sort(),
    fds: () =>
      readdirSync(`/proc/${pid}/fd`)
        .map((fd) => `${fd} ${readlinkSync(`/proc/${pid}/fd/${fd}`)}`)
        .sort(),
    end: () => {
      child.stdin.end();
      return exited;
    },
    exited,
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    },
  };
}

/** The frame `name` of the thread `thread`, which stands somewhere below it. */
export async function frameOf(
  process: LiveProcess,
  live: LiveTarget,
  thread: string,
  name: string,
): Promise<FrameReference> {
  const source = [
    `[(f.f_code.co_name, f.f_code.co_filename, f.f_lineno) for t in [__import__('sys')._current_frames()[${process.idents[thread]}]]`,
    'for f in (lambda walk: walk(walk, t))(lambda walk, f: (walk(walk, f.f_back) if f.f_back else []) + [f])]',
  ].join(' ');
  const answer = await live.evaluate({
    frame: null,
    source: `__import__('json').dumps(${source})`,
    mode: 'expression',
  });
  if (answer.kind !== 'answer' || answer.value.value === null)
    throw new Error(`no frames: ${JSON.stringify(answer)}`);
  const text = answer.value.value.text.slice(1, -1);
  const frames = JSON.parse(text) as [string, string, number][];
  const depth = frames.findIndex(([found]) => found === name);
  const [, file, line] = frames[depth] ?? [name, '', 0];
  const callers = frames.slice(0, depth).map(([, , at]) => at);
  return {
    ident: Number(process.idents[thread]),
    depth,
    function: name,
    file,
    line,
    callers: callers.reverse(),
  };
}
