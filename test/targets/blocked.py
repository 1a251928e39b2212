"""Threads that are blocked, each in a known system call. Prints as one line of JSON what each waits for, when all of
them do, and then waits for stdin to end. Python 3.8 or later.
"""
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

expected = []
kept = []


def start(name, fds, call, **more):
    def run():
        started.set()
        try:
            call()
        except OSError:
            pass

    started = threading.Event()
    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    started.wait()
    expected.append(dict(tid=thread.native_id, call=name, fds=sorted(fds), **more))


def keep(thing):
    kept.append(thing)
    return thing


def a_pipe():
    return keep(os.pipe())


def full_pipe():
    reader, writer = a_pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b'x' * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    return writer


def listener():
    server = keep(socket.socket())
    server.bind(('127.0.0.1', 0))
    server.listen(5)
    return server


def full_listener(path):
    server = keep(socket.socket(socket.AF_UNIX))
    server.bind(path)
    server.listen(0)
    first = keep(socket.socket(socket.AF_UNIX))
    first.connect(path)
    return path


signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
directory = tempfile.mkdtemp()

readable = a_pipe()[0]
start('read', [readable], lambda: os.read(readable, 7), has=['count=7'])

full = full_pipe()
start('write', [full], lambda: os.write(full, b'x' * 99), has=['count=99'])

server = listener()
start('accept4', [server.fileno()], server.accept)

left, right = keep(socket.socketpair())
start('recvfrom', [left.fileno()], lambda: left.recv(33), has=['count=33'])

full_path = full_listener(directory + '/full')
client = keep(socket.socket(socket.AF_UNIX))
start('connect', [client.fileno()], lambda: client.connect(full_path), has=['address=' + full_path])

one, two = a_pipe()[0], a_pipe()[0]
start('select', [one, two], lambda: select.select([one], [], [two]),
      has=['read=[%d]' % one, 'except=[%d]' % two, 'timeout=infinite'])
start('poll', [one, two], lambda: (lambda p: (p.register(one, select.POLLIN), p.register(two, select.POLLPRI), p.poll(900000)))(select.poll()),
      has=['timeout=900s', 'fds=[%d:POLLIN, %d:POLLPRI]' % (one, two)])

epoll = keep(select.epoll())
epoll.register(one, select.EPOLLIN)
start('epoll_wait', [epoll.fileno()], lambda: epoll.poll(800), has=['timeout=800s'])

start('clock_nanosleep', [], lambda: time.sleep(700), starts=['duration=700', 'remaining=69'])

held = threading.Lock()
held.acquire()
start('futex', [], held.acquire, futex=True, has=['timeout=infinite'])

child = keep(subprocess.Popen(['sh', '-c', 'read line'], stdin=subprocess.PIPE))
start('wait4', [], lambda: os.waitpid(child.pid, 0), has=['pid=%d' % child.pid])

locked, wanted = keep(open(directory + '/lock', 'w')), keep(open(directory + '/lock'))
fcntl.flock(locked, fcntl.LOCK_EX)
start('flock', [wanted.fileno()], lambda: fcntl.flock(wanted, fcntl.LOCK_SH), has=['LOCK_SH'])

start('rt_sigtimedwait', [], lambda: signal.sigtimedwait([signal.SIGUSR2], 600), has=['signals=SIGUSR2', 'timeout=600s'])

fifo = directory + '/fifo'
os.mkfifo(fifo)
start('openat', [], lambda: os.open(fifo, os.O_RDONLY), has=['path=' + json.dumps(fifo)])


def is_blocked(entry):
    """Not waiting for the GIL: that is a futex with a timeout, what Lock.acquire waits in has none."""
    with open('/proc/self/task/%d/syscall' % entry['tid']) as file:
        words = file.read().split()
    if len(words) < 7:
        return False
    futex = int(words[0]) == {'x86_64': 202, 'aarch64': 98}[os.uname().machine]
    return not futex or (entry['call'] == 'futex' and int(words[4], 16) == 0)


while not all([is_blocked(entry) for entry in expected]):
    time.sleep(0)

print(json.dumps(expected), flush=True)
sys.stdin.read()
shutil.rmtree(directory)
os._exit(0)
