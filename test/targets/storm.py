"""A storm of what makes a loader of libraries trip: memory is allocated and freed in all sizes, processes are forked,
threads come and go, modules are imported and forgotten, all the time.

Prints "ready" and goes on until stdin ends; then says how it fared. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import os
import sys
import threading
import time
import warnings

warnings.simplefilter('ignore')
stop = threading.Event()
errors = []
counts = {'memory': 0, 'forks': 0, 'threads': 0, 'imports': 0, 'sleeps': 0}


def memory():
    kept = [bytearray(1 << (i % 20)) for i in range(100)]
    for size in (10, 1000, 70000, 300000, 1 << 21):
        kept.append(bytearray(size) + b'x' * size)


def forks():
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os._exit(len(os.listdir('/proc/self/task')))
    _, status = os.waitpid(child, 0)
    if status != 1 << 8:
        errors.append('child: %r' % status)


def threads():
    thread = threading.Thread(target=memory)
    thread.start()
    thread.join()


def imports():
    for name in ('colorsys', 'this_module_is_not_there', 'sndhdr', 'chunk', 'quopri'):
        sys.modules.pop(name, None)
        try:
            __import__(name)
        except ImportError:
            pass


def sleeps():
    start = time.time()
    time.sleep(0.01)
    if time.time() - start < 0.0099:
        errors.append('slept too short')


def forever(name, do):
    try:
        while not stop.is_set():
            do()
            counts[name] += 1
    except BaseException as error:
        errors.append('%s: %r' % (name, error))


def descriptors():
    return len(os.listdir('/proc/self/fd'))


def tasks():
    return len(os.listdir('/proc/self/task'))


if __name__ == '__main__':
    before = (descriptors(), tasks())
    workers = [threading.Thread(target=forever, args=item, name=item[0])
               for item in (('memory', memory), ('forks', forks), ('threads', threads), ('imports', imports),
                            ('sleeps', sleeps))]
    for worker in workers:
        worker.start()
    print('ready')
    sys.stdout.flush()
    os.read(0, 1)
    stop.set()
    for worker in workers:
        worker.join()
    # A thread that was joined may still be on its way out of the kernel, and one of sleeper's as well.
    patience = time.time() + 10
    while (descriptors(), tasks()) != before and time.time() < patience:
        time.sleep(0.001)
    if (descriptors(), tasks()) != before:
        errors.append('left over: %r' % ((before, descriptors(), tasks()),))
    print('errors: %d %s' % (len(errors), errors[:3]))
    print('busy: %s' % (min(counts.values()) > 0))
