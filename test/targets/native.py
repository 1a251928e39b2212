"""Calls functions of C, which call back, in known ways: each thread always goes down the same path, again and again.

Its argument is the library that was made of native.c. Prints as one line of JSON its threads when all of them are under
way, each with its path from the outermost function to the innermost one. Ends when stdin does.

Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import ctypes
import json
import sys
import threading

library = ctypes.CDLL(sys.argv[1])
callback_type = ctypes.CFUNCTYPE(None, ctypes.c_double)
SECONDS = ctypes.c_double(0.005)
stop = threading.Event()


for name in ('spin_outer', 'wait_below', 'interrupt', 'sort_slowly', 'call_back'):
    getattr(library, name).restype = None
    getattr(library, name).argtypes = [ctypes.c_double]
library.call_back.argtypes = [callback_type, ctypes.c_double]


def spins():
    library.spin_outer(SECONDS)


def called(seconds):
    library.spin_outer(seconds)


callback = callback_type(called)


def calls_back():
    library.call_back(callback, SECONDS)


def waits():
    library.wait_below(SECONDS)


def is_interrupted():
    library.interrupt(SECONDS)


def sorts():
    library.sort_slowly(SECONDS)


def deep(depth):
    if depth > 0:
        return deep(depth - 1)
    return library.spin_outer(SECONDS)


def recurses():
    deep(300)


def compares(a):
    library.spin_outer(SECONDS)
    return a


def sorts_by_key():
    [2, 1].sort(key=compares)


def generates():
    library.spin_outer(SECONDS)
    yield 1


def consumes():
    list(generates())


SPIN = ['spin_outer', 'sleeper::spin(double)']
PATHS = {
    'spins': ['spins'] + SPIN,
    'calls_back': ['calls_back', 'call_back', 'called'] + SPIN,
    'waits': ['waits', 'wait_below'],
    'is_interrupted': ['is_interrupted', 'interrupt', 'on_signal', 'sleeper::spin(double)'],
    'sorts': ['sorts', 'sort_slowly', 'compare_slowly', 'sleeper::spin(double)'],
    'recurses': ['recurses'] + ['deep'] * 301 + SPIN,
    'sorts_by_key': ['sorts_by_key', 'compares'] + SPIN,
    'consumes': ['consumes', 'generates'] + SPIN,
}


def again_and_again(function):
    while not stop.is_set():
        function()


threads = [threading.Thread(target=again_and_again, args=(globals()[name],), name=name) for name in sorted(PATHS)]
for thread in threads:
    thread.start()
print(json.dumps({name: ['again_and_again'] + path for name, path in PATHS.items()}))
sys.stdout.flush()
sys.stdin.read()
stop.set()
for thread in threads:
    thread.join()
