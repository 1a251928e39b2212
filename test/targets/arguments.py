"""Calls one function with arguments from which what it does next follows.

Prints "ready" when it is under way; ends when stdin does. Runs on Python 2.7 and 3.6 to 3.15.
"""
import os
import sys
import threading
import time

stop = threading.Event()


def even():
    time.sleep(0.002)


def odd():
    time.sleep(0.002)


def work(number, kind, path):
    twice = 2 * number
    if kind == 'even':
        even()
    else:
        odd()
    return twice, path


class Worker(object):
    def run(self):
        number = 0
        while not stop.is_set():
            number += 1
            work(number, 'odd' if number % 2 else 'even', path=u'/\xfc\u20ac/%d\x1b[31m' % (number % 3))


threading.Thread(target=Worker().run).start()
os.write(1, b'ready\n')
sys.stdin.read()
stop.set()
