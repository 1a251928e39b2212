import { spawn } from 'node:child_process';

/**
 * A small process of our own that outlives this one, however that ends. gdb practises on it; and if this process is
 * killed just when it has sent the SIGSTOP that a poke begins with, so that gdb lets go of the target and the signal
 * stops it after that, the guard lets it run on.
 */
export interface Guard {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** The process that gdb is attached to; null: none. */
  watch(pid: number | null): void;
  /**
   * Nothing is left to be done. Resolves when it is gone: left behind it would be adopted by process 1, which in a
   * container may be the very process that was looked into, and stay there as a zombie.
   */
  end(): Promise<void>;
}

/**
 * What it does: reads a line with a process id, or an empty one, whenever that changes, and "end". If its input ends
 * without that, it waits until nobody traces the process any more, a minute at the most, and then looks for a second
 * whether it is stopped.
 */
const script = `
trap '' HUP INT QUIT TERM
pid=
while read -r line; do
  [ "$line" = end ] && exit
  pid=$line
done
[ -n "$pid" ] || exit
patience=600
while [ $patience -gt 0 ]; do
  while read -r key value rest; do
    case $key in
      State:) state=$value ;;
      TracerPid:) tracer=$value; break ;;
    esac
  done < /proc/$pid/status || exit
  [ "$tracer" = 0 ] && [ $patience -gt 10 ] && patience=10
  [ "$tracer" = 0 ] && [ "$state" = T ] && kill -CONT $pid
  patience=$((patience - 1))
  sleep 0.1
done
`;

/** Starts it in a process group of its own: neither Ctrl-C nor a signal for the group of this process ends it. */
export function startGuard(): Guard {
  const child = spawn('/bin/sh', ['-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'] },
    detached: true,
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let watched: number | null = null;
  return {
    pid: child.pid,
    watch(pid) {
      if (pid === watched) return;
      watched = pid;
      child.stdin.write(`${pid ?? ''}\n`);
    },
    end() {
      child.ref();
      child.stdin.end('end\n');
      return gone;
    },
  };
}
