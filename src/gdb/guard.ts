import { spawn } from 'node:child_process';

/**
 * A small process of our own that outlives this one and gdb, however they end. gdb practises on it; and if gdb dies while
 * it is attached, the guard lets those run on that a SIGSTOP of the attach, of a poke or of gdb's stops after that: the
 * target, and the children that it was just about to fork.
 */
export interface Guard {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** The process that gdb is attached to; null: none. */
  watch(pid: number | null): void;
  /** gdb has died or is about to: to be called while the process is still watched. Then nothing else is heeded but `end`. */
  mend(): void;
  /**
   * Nothing is left to be done but what `mend` has asked for. Resolves when it is gone: left behind it would be adopted
   * by process 1, which in a container may be the very process that was looked into, and stay there as a zombie.
   */
  end(): Promise<void>;
}

/** The system calls that return in a new process as well, as the kernel numbers them: clone, fork, vfork, clone3. */
const forks = process.arch === 'arm64' ? [220, 435] : [56, 57, 58, 435];

/**
 * What it does: reads a line with a process id, or an empty one, whenever that changes, and "end". If its input ends
 * without that, it waits until nobody traces the process any more, a minute at the most, and then looks for a second
 * whether it is stopped, or one of its children is before it has left the system call that has made it.
 *
 * The kernel sends a SIGSTOP to each child of a process whose tracer wants to know of forks, for the tracer to find it
 * (ptrace_init_task in include/linux/ptrace.h); when the tracer is dead it stops the child, which stays so for ever, and
 * with it a parent that waits for it. The signal is 19; it is pending if bit 18 of the mask is set.
 */
const script = `
trap '' HUP INT QUIT TERM
look() {
  state= tracer= pending=
  while read -r key value rest; do
    case $key in
      State:) state=$value ;;
      TracerPid:) tracer=$value ;;
      SigPnd:) pending=$value; break ;;
    esac
  done < /proc/$1/status
}
born_stopped() {
  look $1 && [ "$tracer" = 0 ] || return
  case $pending in
    *[4567cdef]????) return 0 ;;
  esac
  call=
  read -r call rest < /proc/$1/syscall
  case $state$call in
    ${forks.map((call) => `T${call}`).join('|')}) return 0 ;;
  esac
  return 1
}
pid=
while read -r line; do
  [ "$line" = end ] && exit
  pid=$line
done
[ -n "$pid" ] || exit
patience=600
while [ $patience -gt 0 ]; do
  look $pid || exit
  if [ "$tracer" = 0 ]; then
    [ $patience -gt 10 ] && patience=10
    [ "$state" = T ] && kill -CONT $pid
    for list in /proc/$pid/task/*/children; do
      children=
      read -r children < $list
      for child in $children; do
        born_stopped $child && kill -CONT $child
      done
    done
  fi
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
  let mending = false;
  return {
    pid: child.pid,
    watch(pid) {
      if (pid === watched || mending) return;
      watched = pid;
      child.stdin.write(`${pid ?? ''}\n`);
    },
    mend() {
      mending = true;
      child.stdin.end();
    },
    end() {
      child.ref();
      if (!mending) child.stdin.end('end\n');
      return gone;
    },
  };
}
