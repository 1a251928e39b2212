"""Hangs on mutexes of C code, or waits for them in good health, in the way that its first argument names. The second one
is the library that was made of mutexes.c. Prints as JSON what there is to be known of that: the addresses of the locks, and
which process it is about if not this one. What it says may come a moment before it has come to that. Nothing here ends by
itself. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import ctypes
import json
import os
import sys
import threading
import time

from zoo import FOREVER, thread

RECURSIVE = 2
# With the GIL kept, and given up while it works.
keeping, releasing = ctypes.PyDLL(sys.argv[2]), ctypes.CDLL(sys.argv[2])
keeping.address_of.restype = keeping.arena_lock.restype = ctypes.c_void_p


def mutex(which):
    return hex(keeping.address_of(which)).rstrip('L')


def say(pid=None, **places):
    os.write(1, (json.dumps({'pid': pid or os.getpid(), 'at': places}) + '\n').encode())


# What hangs.

def abba():
    """Two mutexes, each held by who wants the other."""
    first, second = threading.Event(), threading.Event()

    def transfer(mine, other, got, wanted):
        releasing.take(mine)
        got.set()
        wanted.wait()
        releasing.take(other)

    thread('ab', transfer, 0, 1, first, second)
    say(a=mutex(0), b=mutex(1))
    transfer(1, 0, second, first)


def with_lock():
    """A mutex, a recursive one, and a Lock of Python."""
    lock = threading.Lock()
    taken = threading.Event()

    def in_c():
        with lock:
            taken.set()
            releasing.take(RECURSIVE)

    releasing.take(RECURSIVE)
    releasing.take(RECURSIVE)
    thread('in C', in_c)
    taken.wait()
    say(mutex=mutex(RECURSIVE), lock=hex(id(lock)).rstrip('L'))
    with lock:
        pass


def with_gil():
    """Who has the GIL waits for a mutex, whose owner waits for the GIL: as a callback does, when it is called under a lock."""
    taken = threading.Event()
    hook = ctypes.CFUNCTYPE(None)

    def called():
        taken.set()
        while True:
            time.sleep(0.001)

    def call_back():
        releasing.take_and_call(0, hook(called))

    thread('callback', call_back)
    taken.wait()
    say(mutex=mutex(0))
    keeping.take(0)


def itself():
    """A mutex is not reentrant."""
    say(mutex=mutex(0))
    releasing.take(0)
    releasing.take(0)


def forked():
    """A child of fork() wants a mutex that a thread of the parent has."""
    taken = threading.Event()

    def hold():
        releasing.take(0)
        taken.set()
        time.sleep(FOREVER)

    thread('hold', hold)
    taken.wait()
    child = os.fork()
    if child == 0:
        releasing.take(0)
    say(child, mutex=mutex(0))
    os.waitpid(child, 0)


def loader():
    """Who loads a library is in its constructor, which does not end."""
    reader, writer = os.pipe()
    os.environ['READY'] = str(writer)
    thread('constructor', releasing.load, sys.argv[3].encode())
    os.read(reader, 1)
    say()
    releasing.load(sys.argv[3].encode())


def allocator():
    """Somebody has the lock of the main arena of malloc()."""
    lock = ctypes.c_void_p(keeping.arena_lock())
    thread('malloc', releasing.allocate)
    say(lock=hex(lock.value).rstrip('L'))
    releasing.keep_arena(lock)


# What goes on.

def slow_owner():
    """The owner of a mutex works on."""
    taken = threading.Event()

    def hold():
        releasing.take(0)
        taken.set()
        time.sleep(FOREVER)

    thread('hold', hold)
    taken.wait()
    say(mutex=mutex(0))
    releasing.take(0)


def contended():
    """Mutexes that many threads take, in the same order, some of them with the GIL."""
    def work(library):
        while True:
            library.take_turns(1000)

    for number in range(6):
        thread('work-%d' % number, work, keeping if number % 2 else releasing)
    say()
    work(releasing)


if __name__ == '__main__':
    globals()[sys.argv[1]]()
