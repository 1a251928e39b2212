"""A process with two busy children, which each run a function of their own until the parent's input ends; prints their
ids. Each line of input is one child more; its id is printed too. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import os
import signal
import sys
import time


def first_child():
    while True:
        sum(range(300))


def second_child():
    while True:
        sum(range(300))


def late_child():
    while True:
        sum(range(300))


children = []


def fork(work):
    child = os.fork()
    if child == 0:
        work()
    children.append(child)
    return child


print('%d %d' % (fork(first_child), fork(second_child)))
sys.stdout.flush()
for line in iter(sys.stdin.readline, ''):
    print(fork(late_child))
    sys.stdout.flush()
for child in children:
    os.kill(child, signal.SIGTERM)
statuses = [os.waitpid(child, 0)[1] for child in children]
print('statuses: %r' % statuses)
