"""A pool of four workers, of which three stand still in one function and one in another; prints "ROLE PID" of each and
"ready" on one line. Ends when its input does, and prints what the workers have returned.
pool.py multiprocessing: Python 2.7 and 3.6 to 3.15; pool.py futures: Python 3.7 to 3.15.
"""
from __future__ import print_function

import os
import sys

told, tell = os.pipe()
held, let_go = os.pipe()
workers = 4


def stand_still(role):
    # On one line, so that whoever has told of itself is at the line where it waits.
    return os.write(tell, ('%s %d\n' % (role, os.getpid())).encode()) and os.read(held, 1)


def work():
    return stand_still('work')


def cry_for_help():
    return stand_still('help')


def call(function):
    return function()


def lines(count):
    text = b''
    while text.count(b'\n') < count:
        text += os.read(told, 100)
    return text.decode().split('\n')[:count]


def run(submit):
    results = [submit(call, function) for function in (work, work, work, cry_for_help)]
    print(' '.join(lines(workers)))
    sys.stdout.flush()
    sys.stdin.read()
    os.write(let_go, b'x' * workers)
    print(len([1 for result in results if result() == b'x']))


if sys.argv[1] == 'multiprocessing':
    import multiprocessing

    # Those of the other start methods do not inherit the pipes.
    context = multiprocessing.get_context('fork') if sys.version_info[0] > 2 else multiprocessing
    pool = context.Pool(workers)
    run(lambda function, argument: pool.apply_async(function, (argument,)).get)
    pool.close()
    pool.join()
else:
    import concurrent.futures
    import multiprocessing

    with concurrent.futures.ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context('fork')
    ) as executor:
        run(lambda function, argument: executor.submit(function, argument).result)
