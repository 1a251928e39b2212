"""Hangs, or waits in good health, in the way that its argument names. Prints as JSON what there is to be known of that:
the addresses of the objects that are waited for, a child process, and which process it is about if not this one. What it says may come
a moment before it has come to that. Nothing here ends by itself. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings

try:
    import queue
except ImportError:
    import Queue as queue

FOREVER = 1000


def at(thing):
    return hex(id(thing)).rstrip('L')


def say(pid=None, child=None, **things):
    facts = {'pid': pid or os.getpid(), 'at': {name: at(thing) for name, thing in things.items()}, 'child': child}
    os.write(1, (json.dumps(facts) + '\n').encode())


def thread(name, target, *args):
    started = threading.Thread(target=target, name=name, args=args)
    started.daemon = True
    started.start()
    return started


# What hangs.

def abba():
    """The classic: an RLock and a Lock, each held by who wants the other."""
    lock, rlock = threading.Lock(), threading.RLock()
    first, second = threading.Event(), threading.Event()

    def transfer_ab():
        with lock:
            first.set()
            second.wait()
            with rlock:
                pass

    def transfer_ba():
        with rlock:
            second.set()
            first.wait()
            with lock:
                pass

    both = [thread('ab', transfer_ab), thread('ba', transfer_ba)]
    say(lock=lock, rlock=rlock)
    both[0].join()


def acquired():
    """The same with acquire(), and with locks in attributes: no with statement tells who has them."""
    class Account(object):
        def __init__(self):
            self.lock = threading.Lock()

    def transfer(source, target, mine, other):
        source.lock.acquire()
        mine.set()
        other.wait()
        target.lock.acquire()

    def begin():
        a, b = Account(), Account()
        first, second = threading.Event(), threading.Event()
        thread('ab', transfer, a, b, first, second)
        thread('ba', transfer, b, a, second, first)
        say(a=a.lock, b=b.lock)

    begin()
    time.sleep(FOREVER)


def itself():
    """A Lock is not reentrant."""
    lock = threading.Lock()
    say(lock=lock)
    with lock:
        with lock:
            pass


def joined():
    """Who is joined waits for a lock of who joins."""
    lock = threading.RLock()

    def work():
        with lock:
            pass

    with lock:
        worker = thread('worker', work)
        say(lock=lock, worker=worker)
        worker.join()


def logged():
    """Who logs waits for the handler, whose owner waits for who logs."""
    import logging
    handler = logging.StreamHandler()
    logging.getLogger().addHandler(handler)
    lock = threading.Lock()
    taken = threading.Event()

    def log():
        with lock:
            taken.set()
            logging.error('never seen')

    handler.acquire()
    thread('log', log)
    taken.wait()
    say(lock=lock, handler=handler.lock)
    with lock:
        pass


def imported():
    """A module, while it is imported, waits for a thread that imports it."""
    import tempfile
    directory = tempfile.mkdtemp()
    with open(os.path.join(directory, 'circle.py'), 'w') as source:
        source.write('import threading\n'
                     'def load():\n    import circle\n'
                     'loader = threading.Thread(target=load, name="loader")\n'
                     'loader.daemon = True\n'
                     'loader.start()\nloader.join()\n')
    sys.path.insert(0, directory)
    say()
    import circle


def primitives():
    """Everything of threading and queue that one can wait for, and nobody to end it."""
    condition, event, semaphore = threading.Condition(), threading.Event(), threading.Semaphore(0)
    empty, full = queue.Queue(), queue.Queue(1)
    full.put(1)
    things = {'condition': condition, 'event': event, 'semaphore': semaphore, 'get': empty, 'put': full, 'done': full}

    def notified():
        with condition:
            condition.wait()

    threads = [
        thread('condition', notified),
        thread('event', event.wait),
        thread('semaphore', semaphore.acquire),
        thread('get', empty.get),
        thread('put', full.put, 2),
        thread('done', full.join),
    ]
    if hasattr(threading, 'Barrier'):
        things['barrier'] = threading.Barrier(2)
        threads.append(thread('barrier', things['barrier'].wait))
    if hasattr(queue, 'SimpleQueue'):
        simple = things['simple'] = queue.SimpleQueue()

        def get():
            local = simple
            local.get()
        threads.append(thread('simple', get))
    say(**things)
    threads[0].join()


def pool():
    """The only worker of a pool waits for a task of the same pool."""
    from concurrent.futures import ThreadPoolExecutor
    executor = ThreadPoolExecutor(1)
    inner = []

    def outer():
        inner.append(executor.submit(print))
        submitted.set()
        inner[0].result()

    submitted = threading.Event()
    future = executor.submit(outer)
    submitted.wait()
    say(outer=future, inner=inner[0])
    future.result()


def gil():
    """A call into C that keeps the GIL and does not return."""
    import ctypes
    library = ctypes.PyDLL(None)
    computing = threading.Event()

    def compute():
        computing.set()
        while True:
            pass

    say()
    thread('compute', compute)
    # start() returns before threading knows the thread by its name, if the GIL is given up just then.
    computing.wait()
    library.pause()


def in_child(lock):
    """A child of fork() wants a lock that a thread of the parent has."""
    taken = threading.Event()

    def hold():
        with lock:
            taken.set()
            time.sleep(FOREVER)

    thread('hold', hold)
    taken.wait()
    warnings.simplefilter('ignore')  # 3.12 and newer warn of just this
    child = os.fork()
    if child == 0:
        with lock:
            pass
    say(child, lock=lock)
    os.waitpid(child, 0)


def forked_rlock():
    in_child(threading.RLock())


def forked_lock():
    in_child(threading.Lock())


def ended():
    """The owner of an RLock has ended without releasing it."""
    lock = threading.RLock()
    go = threading.Event()

    def want():
        go.wait()
        with lock:
            pass

    waiter = thread('want', want)
    owner = thread('owner', lock.acquire)
    owner.join()
    say(lock=lock)
    go.set()
    waiter.join()


def pipe():
    """A child writes more than a pipe takes, and who waits for it does not read."""
    child = subprocess.Popen([sys.executable, '-c', 'import os; os.write(1, b"x" * 1000000)'], stdout=subprocess.PIPE)
    say(child=child.pid)
    child.wait()


def stopped_child():
    child = subprocess.Popen(['sleep', str(FOREVER)])
    os.kill(child.pid, signal.SIGSTOP)
    say(child=child.pid)
    child.wait()


# What waits in good health.

def lock_of_condition():
    """Who waits for a Condition has released its lock; another one has it."""
    condition = threading.Condition(threading.Lock())
    reader, writer = socket.socketpair()
    waiting, taken = threading.Event(), threading.Event()

    def consume():
        with condition:
            waiting.set()
            condition.wait()

    def produce():
        waiting.wait()
        with condition:
            taken.set()
            reader.recv(1)

    def late():
        taken.wait()
        with condition:
            pass

    thread('consume', consume)
    thread('produce', produce)
    thread('late', late)
    taken.wait()
    say(condition=condition, lock=condition._lock if hasattr(condition, '_lock') else condition._Condition__lock)
    time.sleep(FOREVER)


def handed_over():
    """A Lock as a signal: nobody has it, others will release it."""
    lock = threading.Lock()
    lock.acquire()

    def release_later(lock):
        time.sleep(FOREVER)
        lock.release()

    thread('one', release_later, lock)
    thread('two', release_later, lock)
    say(lock=lock)
    lock.acquire()


def descriptors():
    """Threads that wait for the kernel."""
    import select
    near, far = socket.socketpair()
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    connection = socket.create_connection(listener.getsockname())
    accepted, _ = listener.accept()
    reader, writer = os.pipe()
    full_reader, full = os.pipe()

    def fill():
        while True:  # a write that is interrupted returns
            os.write(full, b'x' * 65536)

    threads = [
        thread('recv', connection.recv, 1),
        thread('accept', listener.accept),
        thread('read', os.read, reader, 1),
        thread('write', fill),
        thread('select', select.select, [near], [], []),
        thread('sleep', time.sleep, FOREVER),
    ]
    say()
    threads[-1].join()


def child():
    running = subprocess.Popen(['sleep', str(FOREVER)])
    say(child=running.pid)
    running.wait()


def file_lock():
    import fcntl
    import tempfile
    held = tempfile.NamedTemporaryFile()
    fcntl.flock(held, fcntl.LOCK_EX)
    same = open(held.name)
    holder = os.getpid()
    child = os.fork()
    if child == 0:
        fcntl.flock(same, fcntl.LOCK_EX)
    say(child)
    os.waitpid(child, 0)


def server():
    """serve_forever(), consumers of a queue, an idle pool, a timer: all of a usual server, at rest."""
    try:
        from http.server import BaseHTTPRequestHandler, HTTPServer
    except ImportError:
        from BaseHTTPServer import BaseHTTPRequestHandler, HTTPServer
    jobs = queue.Queue()
    for number in range(3):
        thread('consumer-%d' % number, jobs.get)
    thread('ticker', threading.Event().wait, FOREVER)
    try:
        from concurrent.futures import ThreadPoolExecutor, wait
        executor = ThreadPoolExecutor(2)
        wait([executor.submit(time.sleep, 0.01) for _ in range(2)])
    except ImportError:
        pass
    web = HTTPServer(('127.0.0.1', 0), BaseHTTPRequestHandler)
    say()
    web.serve_forever(FOREVER)


def asyncio_idle():
    import asyncio
    loop = asyncio.new_event_loop()
    say()
    loop.run_forever()


def until_signal():
    """Everything waits for a signal, as daemons do."""
    stop = threading.Event()
    jobs = queue.Queue()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    thread('consumer', jobs.get)
    say()
    stop.wait()


def prefork():
    """A master and its workers, which accept."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    for _ in range(2):
        if os.fork() == 0:
            master = os.getppid()
            listener.settimeout(0.1)
            while os.getppid() == master:
                try:
                    listener.accept()
                except socket.timeout:
                    pass
            os._exit(0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    say()
    os.wait()


def busy():
    """Threads that compute, and take turns with a lock."""
    lock = threading.Lock()

    def compute():
        while True:
            with lock:
                sum(range(1000))

    for number in range(3):
        thread('compute-%d' % number, compute)
    say(lock=lock)
    compute()


def multiprocessing_pool():
    import multiprocessing
    workers = multiprocessing.Pool(2)
    workers.map(abs, [1, 2])
    say()
    time.sleep(FOREVER)


def process_lock():
    """A lock of multiprocessing that another process has."""
    import multiprocessing
    lock = multiprocessing.Lock()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with lock:
            os.write(writer, b'x')
            os.close(writer)
            while os.getppid() != 1:
                time.sleep(0.1)
            os._exit(0)
    os.read(reader, 1)
    say(lock=lock._semlock)
    with lock:
        pass


if __name__ == '__main__':
    globals()[sys.argv[1]]()
