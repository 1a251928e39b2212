"""Hangs in the way that its argument names, after it has printed "ready". Where it can it goes on to say how it fared
when stdin ends. Runs on Python 2.7 and 3.6 to 3.15; `gil` needs ctypes.
"""
from __future__ import print_function

import os
import sys
import threading
import time


def say(text):
    os.write(1, (text + '\n').encode())


def until_stdin_ends():
    os.read(0, 1)


def blocked():
    """All threads are blocked; the main thread waits for stdin."""
    reader, _ = os.pipe()
    for _ in range(3):
        thread = threading.Thread(target=os.read, args=(reader, 1))
        thread.daemon = True
        thread.start()
    say('ready')
    until_stdin_ends()
    say('fine')


def deadlock():
    first, second = threading.Lock(), threading.Lock()
    both = [threading.Event(), threading.Event()]

    def run(mine, other, me, them):
        with mine:
            both[me].set()
            both[them].wait()
            with other:
                pass

    threads = [threading.Thread(target=run, args=(first, second, 0, 1)),
               threading.Thread(target=run, args=(second, first, 1, 0))]
    for thread in threads:
        thread.daemon = True
        thread.start()
    for event in both:
        event.wait()
    say('ready')
    threads[0].join()


def gil():
    """An endless C call that holds the GIL."""
    import ctypes
    usleep = ctypes.PyDLL(None).usleep
    say('ready')
    while True:
        usleep(600000000)


def regex():
    """The same in the interpreter's own code, with a busy processor."""
    import re
    say('ready')
    re.match('(a+)+$', 'a' * 60 + 'b')


def fifo():
    """Opens a named pipe, whose path is the second argument, and waits for somebody at the other end."""
    os.chdir(os.path.dirname(sys.argv[2]))
    say('ready')
    os.open(os.path.basename(sys.argv[2]), os.O_RDONLY)
    say('fine')


def sleep():
    """An interrupted sleep must go on for as long as it would have."""
    start = time.time()
    say('ready')
    time.sleep(3)
    took = time.time() - start
    say('fine' if 2.99 < took < 4 else 'slept %r' % took)
    until_stdin_ends()


def busy():
    """A single thread that computes all the time, with floats: the vector registers must stay as they are."""
    import select

    def compute():
        total = 0.0
        for i in range(1, 200):
            total += (i * 1.5 - 0.25) / (i + 0.125)
        return total

    right = compute()
    wrong = 0
    say('ready')
    while not select.select([0], [], [], 0)[0]:
        for _ in range(100):
            wrong += compute() != right
    say('fine' if wrong == 0 else 'wrong: %d' % wrong)


def fork():
    """Forks when stdin has ended; from 3.12 on Python warns where there is a second thread, as with a second argument."""
    import warnings
    if len(sys.argv) > 2:
        thread = threading.Thread(target=threading.Event().wait)
        thread.daemon = True
        thread.start()
    say('ready')
    until_stdin_ends()
    # Recorded: made an error, it is swallowed before 3.15.
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter('always')
        child = os.fork()
    if child == 0:
        os._exit(0)
    fine = os.waitpid(child, 0)[1] == 0
    say(' '.join(['fine' if fine else 'the child is not'] + ['%s' % (each.message,) for each in told]))


if __name__ == '__main__':
    globals()[sys.argv[1]]()
