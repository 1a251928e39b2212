"""More of the zoo (zoo.py): pools of threads whose workers wait for work of a pool. Runs on Python 2.7 and 3.6 to 3.15; 2.7
has none but those of multiprocessing.
"""
from __future__ import print_function

import sys
import threading
import time
from multiprocessing.pool import ThreadPool

try:
    from concurrent.futures import Future, ThreadPoolExecutor
except ImportError:
    pass

from zoo import FOREVER, say


def sleep():
    time.sleep(FOREVER)


class Begun(object):
    """Counts who has begun, and lets everybody go on once all have."""

    def __init__(self, number):
        self.missing, self.lock, self.all = number, threading.Lock(), threading.Event()

    def wait(self):
        with self.lock:
            self.missing -= 1
            if self.missing == 0:
                self.all.set()
        self.all.wait()


# What hangs.

def all_wait():
    """Three workers, each waits for work that is queued behind a lot of other work."""
    executor, begun = ThreadPoolExecutor(3), Begun(4)

    def outer():
        begun.wait()
        executor.submit(int).result()

    futures = [executor.submit(outer) for _ in range(3)]
    for _ in range(500):
        executor.submit(int)
    begun.wait()
    say()
    futures[0].result()


def two_pools():
    """The worker of each of two pools waits for the other pool."""
    pools, begun = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)], Begun(3)

    def outer(other):
        begun.wait()
        other.submit(int).result()

    pools[0].submit(outer, pools[1])
    pools[1].submit(outer, pools[0])
    begun.wait()
    say()
    sleep()


def one_for_the_other():
    """One of two workers waits for what the other one does, which waits for work that is queued."""
    executor, begun = ThreadPoolExecutor(2), Begun(3)

    def second():
        begun.wait()
        executor.submit(int).result()

    future = executor.submit(second)

    def first():
        begun.wait()
        future.result()

    executor.submit(first)
    begun.wait()
    say()
    sleep()


def thread_pool():
    """A pool of multiprocessing, by apply() and by map()."""
    pool, begun = ThreadPool(2), Begun(3)

    def applied():
        begun.wait()
        pool.apply(int)

    def mapped():
        begun.wait()
        pool.map(int, ['1', '2'])

    results = [pool.apply_async(applied), pool.apply_async(mapped)]
    begun.wait()
    say()
    results[0].get()


# What is well.

def with_timeout():
    executor, begun = ThreadPoolExecutor(1), Begun(2)

    def outer():
        begun.wait()
        executor.submit(int).result(FOREVER)

    executor.submit(outer)
    begun.wait()
    say()
    sleep()


def one_is_busy():
    """What is waited for is queued, and one worker will come to it."""
    executor, begun = ThreadPoolExecutor(3), Begun(4)

    def outer():
        begun.wait()
        executor.submit(int).result()

    def busy():
        begun.wait()
        sleep()

    for work in (outer, outer, busy):
        executor.submit(work)
    begun.wait()
    say()
    sleep()


def one_more_worker():
    """What is waited for is done by a worker that the pool has begun for it."""
    executor, begun = ThreadPoolExecutor(5), Begun(2)

    def outer():
        begun.wait()
        executor.submit(sleep).result()

    executor.submit(outer)
    begun.wait()
    say()
    sleep()


def another_pool():
    """The only worker waits for work that another pool has queued, whose worker is busy."""
    executor, other, begun = ThreadPoolExecutor(1), ThreadPoolExecutor(1), Begun(2)
    other.submit(sleep)

    def outer():
        begun.wait()
        other.submit(int).result()

    executor.submit(outer)
    begun.wait()
    say()
    sleep()


def set_by_hand():
    """The only worker waits for a Future that is no work of a pool, while others are queued."""
    executor, begun, future = ThreadPoolExecutor(1), Begun(2), Future()

    def outer():
        begun.wait()
        future.result()

    executor.submit(outer)
    executor.submit(int)
    begun.wait()
    say()
    sleep()


def busy_thread_pool():
    pool, begun = ThreadPool(2), Begun(3)

    def outer():
        begun.wait()
        pool.apply(int)

    def busy():
        begun.wait()
        sleep()

    pool.apply_async(outer)
    pool.apply_async(busy)
    begun.wait()
    say()
    sleep()


if __name__ == '__main__':
    globals()[sys.argv[1]]()
