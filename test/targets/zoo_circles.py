"""More of the zoo (zoo.py): what hangs because of the threads of the process itself. Runs on Python 2.7 and 3.6 to 3.15."""
from __future__ import print_function

import os
import re
import signal
import socket
import sys
import tempfile
import threading
import time

from zoo import FOREVER, queue, say, thread


def ring():
    """Five who dine together, each with the fork that another one needs."""
    forks = [threading.Lock() for _ in range(5)]
    taken = [threading.Event() for _ in range(5)]

    def dine(left, right):
        with forks[left]:
            taken[left].set()
            for each in taken:
                each.wait()
            with forks[right]:
                pass

    diners = [thread('diner-%d' % seat, dine, seat, (seat + 1) % 5) for seat in range(5)]
    say(**{'fork%d' % seat: fork for seat, fork in enumerate(forks)})
    diners[0].join()


class Bank(object):
    """Two accounts, whose locks are taken in different order, without a with statement."""

    def __init__(self):
        self.a, self.b = threading.Lock(), threading.Lock()
        self.has_a, self.has_b = threading.Event(), threading.Event()

    def ab(self):
        self.a.acquire()
        self.has_a.set()
        self.has_b.wait()
        self.b.acquire()

    def ba(self):
        self.b.acquire()
        self.has_b.set()
        self.has_a.wait()
        self.a.acquire()

    def only(self, lock):
        lock.acquire()


def idle():
    """Has nothing to do with it; but for it, nobody would be left."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    listener.accept()


def attributes():
    """Two that want what the other has, in attributes of an object that a third has as well, which waits for one of them."""
    bank = Bank()
    both = [thread('ab', bank.ab), thread('ba', bank.ba)]
    thread('idle', idle)
    say(a=bank.a, b=bank.b)
    both[0].join()


def kept():
    """It looks the same, but a third has both locks, and will release them when it has got its answer."""
    bank = Bank()
    answer, _ = socket.socketpair()
    bank.a.acquire()
    bank.b.acquire()
    thread('ab', bank.only, bank.b)
    thread('ba', bank.only, bank.a)
    say(a=bank.a, b=bank.b)
    answer.recv(1)


a_global, another_global = Bank(), threading.Lock()


def has_global_first(ready, other):
    a_global.a.acquire()
    ready.set()
    other.wait()
    another_global.acquire()


def has_another_first(ready, other):
    another_global.acquire()
    ready.set()
    other.wait()
    a_global.a.acquire()


def start_with_globals():
    one, two = threading.Event(), threading.Event()
    first = thread('first', has_global_first, one, two)
    thread('second', has_another_first, two, one)
    one.wait()
    two.wait()
    thread('idle', idle)
    say(a=a_global.a, b=another_global)
    return first


def globals_of_module():
    """Locks that are globals, one of them in an attribute of one."""
    start_with_globals().join()


def globals_that_a_third_names():
    """The same for who looks; but a third could have one of them, for all that is to be seen."""
    start_with_globals()
    sys.stdin.read()
    another_global.release()


def semaphores():
    """Semaphores of one, which with statements have taken."""
    one, two = threading.Semaphore(1), threading.BoundedSemaphore(1)
    ready = [threading.Event(), threading.Event()]

    def take(first, second, mine, other):
        with first:
            mine.set()
            other.wait()
            with second:
                pass

    threads = [thread('ab', take, one, two, *ready), thread('ba', take, two, one, *reversed(ready))]
    thread('idle', idle)
    say(a=one, b=two)
    threads[0].join()


def signals():
    """Semaphores that say that something has come, which nobody has to have taken: two that wait for one each, and know both."""
    here, there = threading.Semaphore(0), threading.Semaphore(0)

    def take(mine, other):
        mine.acquire()
        other.release()

    thread('ab', take, there, here)
    thread('ba', take, here, there)
    thread('idle', idle)
    say(a=here, b=there)
    idle()


def joined_main():
    """A thread cannot join itself; it can join the main thread, which joins it."""
    main = threading.current_thread()
    worker = thread('worker', main.join)
    say(main=main, worker=worker)
    worker.join()


def handler():
    """The handler of a signal wants a Lock that what it has interrupted has."""
    lock = threading.Lock()

    def on_signal(number, frame):
        with lock:
            pass

    signal.signal(signal.SIGUSR1, on_signal)
    say(lock=lock)
    with lock:
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(FOREVER)


def never_filled():
    """Who would have filled the queue has ended."""
    jobs = queue.Queue()
    say(jobs=jobs)
    producer = thread('producer', int)
    producer.join()
    jobs.get()


def forked_import():
    """A child of fork() imports a module that a thread of the parent was importing."""
    directory = tempfile.mkdtemp()
    with open(os.path.join(directory, 'slow.py'), 'w') as source:
        source.write('import sys, time\nsys.begun.set()\ntime.sleep(%d)\n' % FOREVER)
    sys.path.insert(0, directory)
    sys.begun = threading.Event()

    def load():
        import slow

    thread('loader', load)
    sys.begun.wait()
    child = os.fork()
    if child == 0:
        import slow
    say(child)
    os.waitpid(child, 0)


def forked_logging():
    """A child of fork() logs, and a thread of the parent has the lock of the handler."""
    import logging
    log = logging.StreamHandler(open(os.devnull, 'w'))
    logging.getLogger().addHandler(log)
    taken = threading.Event()

    def hold():
        log.acquire()
        taken.set()
        time.sleep(FOREVER)

    thread('hold', hold)
    taken.wait()
    child = os.fork()
    if child == 0:
        logging.error('never seen')
        time.sleep(FOREVER)
    say(child, handler=log.lock)
    os.waitpid(child, 0)


def regex():
    """An expression that takes twice as long for each letter more. Nobody else gets the GIL."""
    text = 'a' * 60 + 'b'
    starving = thread('starving', time.sleep, 0.1)
    say()
    re.match('(a+)+$', text)
    starving.join()


def compiled_regex():
    pattern = re.compile('(a|a)+$')
    text = 'a' * 60 + 'b'
    say()
    pattern.search(text)


if __name__ == '__main__':
    globals()[sys.argv[1]]()
