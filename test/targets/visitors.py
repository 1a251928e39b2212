"""Threads that come and go all the time. The thread visitor-N runs visit_N, made for it in a file of its own.

Prints "ready" when the first are there, and goes on until stdin ends. Then prints as one line of JSON when each came
and went, by CLOCK_MONOTONIC, its kernel id, and whatever went wrong. Python 3.8 or later.
"""
import itertools
import json
import select
import sys
import threading
import time

AT_ONCE = 4
visits = {}
broken = []
room = threading.Semaphore(AT_ONCE)


def source_of(number):
    return '%sdef visit_%d(stay):\n    stay(%d)\n' % ('\n' * (number % 7), number, number)


def stay(number):
    visit = visits[number] = {'tid': threading.get_native_id(), 'came': time.monotonic()}
    if number % 2:
        time.sleep(0.05)
    else:
        end = time.monotonic() + 0.01
        while time.monotonic() < end:
            pass
    visit['went'] = time.monotonic()


def visit(number):
    try:
        names = {}
        exec(compile(source_of(number), '<visit %d>' % number, 'exec'), names)
        names['visit_%d' % number](stay)
    except BaseException as error:
        broken.append(repr(error))
    finally:
        room.release()


def main():
    for number in itertools.count():
        room.acquire()
        threading.Thread(target=visit, args=(number,), name='visitor-%d' % number).start()
        if number == AT_ONCE:
            print('ready')
            sys.stdout.flush()
        if select.select([0], [], [], 0)[0]:
            break
    for _ in range(AT_ONCE):
        room.acquire()
    print(json.dumps({'visits': visits, 'broken': broken}))


if __name__ == '__main__':
    main()
