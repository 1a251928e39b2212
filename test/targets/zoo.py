"""Hangs, or waits, in the way that its argument names, and prints what there is to be known of it as JSON once
it has come to that. A daemon thread that works on standing still is the exception: nothing here ends by itself,
until it is killed. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import json
import os
import sys
import threading
import time


def say(**facts):
    os.write(1, (json.dumps(facts) + '\n').encode())


def at(thing):
    return hex(id(thing)).rstrip("L")


def thread(name, target, *args):
    started = threading.Thread(target=target, name=name, args=args)
    started.daemon = True
    started.start()
    return started


def until_blocked(*threads):
    """Until the kernel says of all but this thread that they sleep: the only thing that they still can do."""
    tasks = '/proc/self/task'
    own = str(os.getpid())
    while True:
        states = [open('%s/%s/stat' % (tasks, tid)).read().rsplit(') ', 1)[1][0] for tid in os.listdir(tasks) if tid != own]
        calls = [open('%s/%s/syscall' % (tasks, tid)).read().split()[0] for tid in os.listdir(tasks) if tid != own]
        if len(states) == len(threads) and set(states) == {'S'} and 'running' not in calls:
            return
        time.sleep(0.01)


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
    until_blocked(*both)
    say(locks={"lock": at(lock), "rlock": at(rlock)})
    both[0].join()


if __name__ == '__main__':
    globals()[sys.argv[1]]()
