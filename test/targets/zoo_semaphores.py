"""More of the zoo (zoo.py): semaphores of multiprocessing that look like its locks, as only one can be acquired at once. Two threads,
each of which has acquired what the other one waits for; but any process may release that. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import multiprocessing
import sys
import threading
import time

from zoo import FOREVER, say, thread

A, B = multiprocessing.BoundedSemaphore(1), multiprocessing.BoundedSemaphore(1)
LOCKS = [multiprocessing.Lock(), multiprocessing.Lock()]
HAS_ONE, ALL_HAVE = threading.Semaphore(0), threading.Event()


def has_one():
    HAS_ONE.release()
    ALL_HAVE.wait()


def acquired(mine, other):
    mine.acquire()
    has_one()
    other.acquire()


def in_with(mine, other):
    with mine:
        has_one()
        with other:
            pass


class User(object):
    def __init__(self, mine, other):
        self.mine, self.other = mine, other

    def take(self):
        acquire_of_attribute(self)


def acquire_of_attribute(user):
    user.mine.acquire()
    has_one()
    user.other.acquire()


def a_first():
    A.acquire()
    has_one()
    B.acquire()


def b_first():
    B.acquire()
    has_one()
    A.acquire()


def both(ab, ba, a, b):
    thread('ab', *ab)
    thread('ba', *ba)
    for _ in range(2):
        HAS_ONE.acquire()
    ALL_HAVE.set()
    say(a=a._semlock, b=b._semlock)


def variables():
    both((acquired, A, B), (acquired, B, A), A, B)


def statements():
    both((in_with, A, B), (in_with, B, A), A, B)


def attributes():
    both((User(A, B).take,), (User(B, A).take,), A, B)


def of_module():
    both((a_first,), (b_first,), A, B)


def locks():
    """What hangs: the same with locks, which have owners."""
    a, b = LOCKS
    both((in_with, a, b), (in_with, b, a), a, b)


if __name__ == '__main__':
    globals()[sys.argv[1]]()
    time.sleep(FOREVER)
