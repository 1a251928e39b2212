"""A process with children of all kinds, until its input ends; prints "KIND PID" of each on one line.
fleet.py kinds: two that do the same, one that does something else, another program, a zombie, one that is stopped, one
that is traced. fleet.py churn: children that end as soon as they have begun, again and again.
"""
import ctypes
import os
import signal
import subprocess
import sys
import threading

PTRACE_TRACEME = 0
held, let_go = os.pipe()
told, tell = os.pipe()


def child(function):
    pid = os.fork()
    if pid == 0:
        os.close(let_go)
        function()
        os._exit(0)
    return pid


def worker():
    # On one line, so that whoever has told of itself is at the line where it waits.
    return os.write(tell, b'x') and os.read(held, 1)


def straggler():
    return os.write(tell, b'x') and os.read(held, 1)


def nothing():
    pass


def stopped():
    os.kill(os.getpid(), signal.SIGSTOP)


def traced():
    ctypes.CDLL(None).ptrace(PTRACE_TRACEME, 0, None, None)
    worker()


def churn():
    while True:
        os.waitpid(child(nothing), 0)


if sys.argv[1] == 'kinds':
    functions = (worker, worker, straggler, nothing, stopped, traced)
    children = [(function.__name__, child(function)) for function in functions]
    program = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    for _ in ('worker', 'worker', 'straggler', 'traced'):
        os.read(told, 1)
    os.waitid(os.P_PID, children[3][1], os.WEXITED | os.WNOWAIT)
    os.waitid(os.P_PID, children[4][1], os.WSTOPPED | os.WNOWAIT)
    print(' '.join('%s %d' % each for each in children + [('cat', program.pid)]), flush=True)
else:
    children = []
    threading.Thread(target=churn, daemon=True).start()
    print('ready', flush=True)
sys.stdin.read()
for _, pid in children:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
print('done')
