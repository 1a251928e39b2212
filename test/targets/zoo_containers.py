"""More of the zoo (zoo.py): locks that are elements of containers, and so belong to nobody who can be seen. Runs on Python 2.7 and
3.6 to 3.15.
"""
from __future__ import print_function

import socket
import sys
import threading

from zoo import say, thread

LOCKS = {'a': threading.Lock(), 'b': threading.Lock(), 'free': threading.Lock()}
LISTED = [threading.Lock(), threading.Lock()]


class Account(object):
    def __init__(self):
        self.lock = threading.Lock()


class Registry(object):
    """Keeps a lock for each key, which nobody who has one need to keep."""

    def __init__(self):
        self.locks = {'a': threading.Lock(), 'b': threading.Lock()}

    def acquire(self, key):
        self.locks[key].acquire()


ACCOUNTS = {'a': Account(), 'b': Account()}
REGISTRY = Registry()
EVENTS = [threading.Event(), threading.Event()]
ANSWER, ASKED = socket.socketpair()


def has(number):
    EVENTS[number].set()
    EVENTS[1 - number].wait()


def by_key(first, second, number):
    LOCKS[first].acquire()
    has(number)
    LOCKS[second].acquire()


def by_index(first, second, number):
    LISTED[first].acquire()
    has(number)
    LISTED[second].acquire()


def in_objects(first, second, number):
    ACCOUNTS[first].lock.acquire()
    has(number)
    ACCOUNTS[second].lock.acquire()


def in_registry(first, second, number):
    REGISTRY.acquire(first)
    has(number)
    REGISTRY.acquire(second)


def take(key):
    LOCKS[key].acquire()


def idle():
    """Has nothing to do with it; but for it, nobody would be left."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    listener.accept()


def circle(function, a, b):
    both = [thread('ab', function, a, b, 0), thread('ba', function, b, a, 1)]
    thread('idle', idle)
    return both[0]


# What hangs.

def dictionary():
    first = circle(by_key, 'a', 'b')
    say(a=LOCKS['a'], b=LOCKS['b'])
    first.join()


def listed():
    first = circle(by_index, 0, 1)
    say(a=LISTED[0], b=LISTED[1])
    first.join()


def objects():
    first = circle(in_objects, 'a', 'b')
    say(a=ACCOUNTS['a'].lock, b=ACCOUNTS['b'].lock)
    first.join()


def registry():
    first = circle(in_registry, 'a', 'b')
    say(a=REGISTRY.locks['a'], b=REGISTRY.locks['b'])
    first.join()


# What is well.

def wait_with_both(acquire):
    acquire('a')
    acquire('b')
    thread('ab', acquire, 'a')
    thread('ba', acquire, 'b')
    say(a=LOCKS['a'], b=LOCKS['b'])
    ANSWER.recv(1)


def taken_elsewhere():
    """Each wants one, by a function that names them all; who has them waits for an answer, and names none."""
    wait_with_both(take)


def taken_from_registry():
    wait_with_both(lambda key: REGISTRY.acquire(key))


def taken_by_a_third():
    """The same, and a fourth waits for one who wants one."""
    def work():
        for key in 'ab':
            take(key)
        taken.set()
        ANSWER.recv(1)

    taken = threading.Event()
    thread('third', work)
    taken.wait()
    both = [thread('ab', take, 'a'), thread('ba', take, 'b')]
    say(a=LOCKS['a'], b=LOCKS['b'])
    both[0].join()


if __name__ == '__main__':
    globals()[sys.argv[1]]()
