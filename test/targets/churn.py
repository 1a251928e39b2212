"""Never stands still: objects, threads, generators, exceptions, modules and garbage come and go all the time.

Prints "ready" and goes on until stdin ends; then says how its own bookkeeping came out.
Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import collections
import gc
import os
import sys
import threading
import types

stop = threading.Event()
lock = threading.Lock()
rlock = threading.RLock()
shared = {}
counts = collections.Counter()
errors = []


class Node(object):
    def __init__(self, number):
        self.number = number
        self.self = self
        self.children = [number] * (number % 50)

    def grow(self):
        for i in range(40):
            setattr(self, 'attribute_%d' % i, i)
        for i in range(0, 40, 2):
            delattr(self, 'attribute_%d' % i)
        return self


def generate(number):
    for i in range(number % 20):
        yield {'i': i, 'text': 'x' * i, 'big': 7 ** i}


def recurse(depth):
    local = [depth] * 3
    if depth:
        return recurse(depth - 1) + len(local)
    return 0


def values(number):
    mapping = dict((i, str(i)) for i in range(number % 200))
    for key in list(mapping)[::2]:
        del mapping[key]
    text = u'\u20ac' * (number % 300) + u'\U0001f600'
    numbers = set(range(number % 100))
    total = sum(len(item['text']) for item in generate(number))
    node = Node(number).grow()
    with rlock:
        with lock:
            shared[number % 100] = node
            shared.pop((number + 50) % 100, None)
    if recurse(number % 60) != 3 * (number % 60):
        errors.append('recurse')
    return mapping, text, numbers, total


def failing(number):
    try:
        try:
            return {}[number]
        except KeyError:
            raise ValueError(number)
    except ValueError as error:
        return str(error)


def work(name):
    try:
        number = 0
        while not stop.is_set():
            number += 1
            values(number)
            if failing(number) != str(number):
                errors.append('failing')
            exec('def made_%d(x, y=%d):\n    return x + y\nresult = made_%d(1)' % (number, number, number), {})
            with lock:
                counts[name] += 1
    except BaseException as error:
        errors.append(repr(error))


def short_lives():
    try:
        while not stop.is_set():
            thread = threading.Thread(target=recurse, args=(30,))
            thread.start()
            thread.join()
            with lock:
                counts['threads'] += 1
    except BaseException as error:
        errors.append(repr(error))


def main():
    if hasattr(sys, 'setswitchinterval'):
        sys.setswitchinterval(0.0005)
    gc.set_threshold(50, 5, 5)
    threads = [threading.Thread(target=work, args=('worker-%d' % i,)) for i in range(3)]
    threads.append(threading.Thread(target=short_lives))
    for thread in threads:
        thread.start()
    print('ready')
    sys.stdout.flush()
    os.read(0, 1)
    stop.set()
    for thread in threads:
        thread.join()
    print('errors: %d %s' % (len(errors), errors[:3]))
    print('busy: %s' % (len(counts) == 4 and min(counts.values()) > 0))


if __name__ == '__main__':
    main()
