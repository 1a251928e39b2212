"""Processes that wait for each other, in the way that the argument names. Prints as JSON the ids of those that it is about, each
with a name. What it says may come a moment before it has come to that. Nothing here ends by itself. Runs on Python 2.7 and
3.6 to 3.15.
"""
from __future__ import print_function

import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

FOREVER = 1000
MUCH = b'x' * 1000000


def say(**pids):
    os.write(1, (json.dumps(pids) + '\n').encode())


def forked(work, *args):
    """A child that never comes back from what it does."""
    child = os.fork()
    if child == 0:
        try:
            work(*args)
        finally:
            os._exit(0)
    return child


# What hangs.

def both_pipes_full():
    """Who writes all to a filter before it reads, the classic of subprocess."""
    child = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    say(parent=os.getpid(), child=child.pid)
    while True:
        os.write(child.stdin.fileno(), MUCH)


def read_each_other(near, far):
    """Each waits for the other to begin."""
    def read(mine, other):
        other.close()
        mine.recv(1)

    child = forked(read, far, near)
    say(parent=os.getpid(), child=child)
    read(near, far)


def socketpair():
    read_each_other(*socket.socketpair())


def tcp():
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    near = socket.create_connection(listener.getsockname())
    far, _ = listener.accept()
    listener.close()
    read_each_other(near, far)


def epoll_and_read():
    """One waits in epoll for the end of a pipe that the other has, which reads from it."""
    import select
    (near, far), (reader, writer) = socket.socketpair(), os.pipe()

    def read():
        near.close()
        os.close(reader)
        far.recv(1)
        return writer

    child = forked(read)
    far.close()
    os.close(writer)
    epoll = select.epoll()
    epoll.register(reader, select.EPOLLIN)
    epoll.register(near, select.EPOLLIN)
    say(parent=os.getpid(), child=child)
    epoll.poll()


def never_eof():
    """Who reads to the end has the other end open himself, and waits for a child that waits for him to end."""
    reader, writer = os.pipe()
    child = forked(lambda: os.read(reader, 1))
    say(parent=os.getpid(), child=child)
    os.waitpid(child, 0)


def file_locks():
    """Two files, locked in different order."""
    files = [tempfile.NamedTemporaryFile() for _ in range(2)]
    ready, go = os.pipe(), os.pipe()

    def lock(first, second, mine, other):
        with open(files[first].name) as one, open(files[second].name) as two:
            fcntl.flock(one, fcntl.LOCK_EX)
            os.write(mine, b'x')
            os.read(other, 1)
            fcntl.flock(two, fcntl.LOCK_EX)

    child = forked(lock, 1, 0, ready[1], go[0])
    say(parent=os.getpid(), child=child)
    lock(0, 1, go[1], ready[0])


def forked_by_multiprocessing(work):
    import multiprocessing
    if hasattr(multiprocessing, 'get_context'):
        multiprocessing = multiprocessing.get_context('fork')
    child = multiprocessing.Process(target=work)
    child.start()
    return child


def killed_reader():
    """A worker is killed while it waits for an item of a Queue, with the lock of its readers."""
    import multiprocessing
    import signal
    jobs = multiprocessing.Queue()
    first = forked_by_multiprocessing(jobs.get)
    wait_until_it_reads(first.pid)
    second = forked_by_multiprocessing(jobs.get)
    os.kill(first.pid, signal.SIGKILL)
    first.join()
    say(parent=os.getpid(), child=second.pid)
    second.join()


def process_lock():
    """Who has a lock of multiprocessing waits for a child to end that wants it."""
    import multiprocessing
    lock = multiprocessing.Lock()
    with lock:
        child = forked_by_multiprocessing(lock.acquire)
        say(parent=os.getpid(), child=child.pid)
        child.join()


def semaphore():
    """As process_lock(), with a semaphore: nobody owns it, but all who could release it wait."""
    import multiprocessing
    semaphore = multiprocessing.Semaphore(2)
    with semaphore, semaphore:
        child = forked_by_multiprocessing(semaphore.acquire)
        say(parent=os.getpid(), child=child.pid)
        child.join()


def wait_until_it_reads(pid):
    """Until a process waits for data. What it waits for before that are futexes."""
    reads = {'x86_64': '0 ', 'aarch64': '63 '}[os.uname()[4]]
    while True:
        with open('/proc/%d/syscall' % pid) as call:
            if call.read().startswith(reads):
                return


# What waits in good health.

def pipeline():
    """A filter that waits for its input, which is somebody else's."""
    child = subprocess.Popen(['cat'], stdin=sys.stdin, stdout=subprocess.PIPE)
    say(parent=os.getpid(), child=child.pid)
    os.read(child.stdout.fileno(), 1)


def busy_pipeline():
    """Data goes round between two processes."""
    child = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    say(parent=os.getpid(), child=child.pid)
    while True:
        os.write(child.stdin.fileno(), b'x')
        os.read(child.stdout.fileno(), 1)


def replaced_number():
    """As epoll_and_read(), but an epoll waits for a pipe that has no number any more, as only its copy is open."""
    import select
    reader, writer = os.pipe()
    near, far = socket.socketpair()
    third = forked(time.sleep, FOREVER)

    def read():
        near.close()
        os.close(writer)
        os.close(reader)
        far.recv(1)

    child = forked(read)
    far.close()
    epoll = select.epoll()
    epoll.register(reader, select.EPOLLIN)
    epoll.register(near, select.EPOLLIN)
    os.dup(reader)
    os.dup2(near.fileno(), reader)
    os.close(writer)
    say(parent=os.getpid(), child=child, third=third)
    epoll.poll()


def one_thread_more():
    """As both_pipes_full(), but there is a thread that will read."""
    child = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read_later():
        time.sleep(FOREVER)
        child.stdout.read()

    threading.Thread(target=read_later).start()
    say(parent=os.getpid(), child=child.pid)
    while True:
        os.write(child.stdin.fileno(), MUCH)


def named_semaphore():
    """Who waits for a semaphore that has a name may be waiting for any process."""
    import ctypes
    library = ctypes.CDLL(None)
    library.sem_open.restype = ctypes.c_void_p
    name = '/sleeper-%d' % os.getpid()
    opened = ctypes.c_void_p(library.sem_open(name.encode(), os.O_CREAT, 0o600, 0))
    child = forked(library.sem_wait, opened)
    say(parent=os.getpid(), child=child)
    os.waitpid(child, 0)


def held_semaphore():
    """Who has taken all of a semaphore works on."""
    import multiprocessing
    semaphore = multiprocessing.BoundedSemaphore(2)
    with semaphore, semaphore:
        child = forked_by_multiprocessing(semaphore.acquire)
        say(parent=os.getpid(), child=child.pid)
        time.sleep(FOREVER)


def held_process_lock():
    """Who has a lock of multiprocessing works on."""
    import multiprocessing
    lock = multiprocessing.Lock()

    def want():
        with lock:
            pass

    with lock:
        child = forked_by_multiprocessing(want)
        say(parent=os.getpid(), child=child.pid)
        time.sleep(FOREVER)


def third_process():
    """A third process has the other end as well, and may write."""
    reader, writer = os.pipe()
    child = forked(lambda: os.read(reader, 1))
    third = forked(time.sleep, FOREVER)
    say(parent=os.getpid(), child=child, third=third)
    os.waitpid(child, 0)


if __name__ == '__main__':
    scenario = globals().get(sys.argv[1])
    if scenario is None:
        # In a language that 2.7 does not know.
        import acrossLoops
        scenario = getattr(acrossLoops, sys.argv[1])
    scenario()
