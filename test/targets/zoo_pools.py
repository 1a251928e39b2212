"""More of the zoo (zoo.py): pools of threads whose workers wait for work of a pool. Runs on Python 2.7 and 3.6 to 3.15; 2.7
has none but those of multiprocessing.
"""
from __future__ import print_function

import sys
import threading
import time
from multiprocessing.pool import ThreadPool

try:
    from concurrent.futures import FIRST_COMPLETED, FIRST_EXCEPTION, Future, ThreadPoolExecutor, as_completed, wait
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


def by_wait_and_map():
    """Three workers, which wait by wait(), as_completed() and map(): one of all that wait() waits for is enough."""
    executor, elsewhere, begun = ThreadPoolExecutor(3), Future(), Begun(4)

    def waits():
        begun.wait()
        wait([elsewhere, executor.submit(int)])

    def completes():
        begun.wait()
        for future in as_completed([executor.submit(int), executor.submit(int)]):
            future.result()

    def maps():
        begun.wait()
        list(executor.map(int, ['1', '2']))

    for work in (waits, completes, maps):
        executor.submit(work)
    begun.wait()
    say(elsewhere=elsewhere)
    sleep()


def first_of():
    """Two workers, each of which would do with one of several, none of which can come: those of the other pool are left to who
    waits, too.
    """
    executor, other, begun = ThreadPoolExecutor(1), ThreadPoolExecutor(1), Begun(3)

    def outer(later):
        begun.wait()
        wait([executor.submit(int), later.submit(int), other.submit(int)], return_when=FIRST_COMPLETED)

    executor.submit(outer, other)
    other.submit(outer, executor)
    begun.wait()
    say()
    sleep()


def workers_in_a_circle():
    """Two workers, of three, each of which waits for what the other one does. The third is busy with what one of them waits for as
    well.
    """
    executor, begun, futures = ThreadPoolExecutor(3), Begun(4), {}
    futures['busy'] = executor.submit(lambda: (begun.wait(), sleep()))

    def first():
        begun.wait()
        wait([futures['busy'], futures['second']])

    def second():
        begun.wait()
        for future in as_completed([futures['first']]):
            future.result()

    futures['first'] = executor.submit(first)
    futures['second'] = executor.submit(second)
    begun.wait()
    say()
    sleep()


# What is well.

def first_of_others(how):
    """The only worker waits for what is queued or what another pool does, whichever comes first."""
    executor, other, begun = ThreadPoolExecutor(1), ThreadPoolExecutor(1), Begun(2)
    slow = other.submit(sleep)

    def outer():
        begun.wait()
        how([executor.submit(int), slow])

    executor.submit(outer)
    begun.wait()
    say()
    sleep()


def first_completed():
    first_of_others(lambda futures: wait(futures, return_when=FIRST_COMPLETED))


def first_exception():
    first_of_others(lambda futures: wait(futures, return_when=FIRST_EXCEPTION))


def completed():
    first_of_others(lambda futures: next(as_completed(futures)))


def all_with_timeout():
    first_of_others(lambda futures: wait(futures, FOREVER))


def completed_with_timeout():
    first_of_others(lambda futures: next(as_completed(futures, FOREVER)))


def all_of_another_pool():
    """The only worker waits for all that another pool has to do, which is at it."""
    executor, other, begun = ThreadPoolExecutor(1), ThreadPoolExecutor(1), Begun(2)

    def outer():
        begun.wait()
        wait([other.submit(sleep) for _ in range(3)])

    executor.submit(outer)
    executor.submit(int)
    begun.wait()
    say()
    sleep()


def mapped_with_timeout():
    executor, begun = ThreadPoolExecutor(1), Begun(2)

    def outer():
        begun.wait()
        list(executor.map(int, ['1', '2'], timeout=FOREVER))

    executor.submit(outer)
    begun.wait()
    say()
    sleep()


def given():
    """What a worker waits for is an argument of its work, and no work of a pool."""
    executor, begun, future = ThreadPoolExecutor(1), Begun(2), Future()

    def outer(given):
        begun.wait()
        given.result()

    executor.submit(outer, future)
    begun.wait()
    say(given=future)
    sleep()


def called_back():
    """The only worker is done with a piece of work, whose callback waits for another pool; it is waited for together with that."""
    executor, other, begun = ThreadPoolExecutor(1), ThreadPoolExecutor(1), Begun(2)
    slow = other.submit(sleep)
    done = executor.submit(begun.wait)
    done.add_done_callback(lambda _: slow.result())
    begun.wait()
    say()
    wait([done, slow])



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
