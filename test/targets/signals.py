"""A program that lives by signals: SIGALRM a hundred times a second, and SIGURG to itself as often as it can.

Each SIGALRM is armed when the last one was handled, each SIGURG sent when the last one was handled: if one is lost there
is never another, if one comes that was not sent they are too many. Prints "ready", and goes on until stdin ends; then
says how many there were, and what went wrong. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import os
import select
import signal
import sys
import threading
import time

wall = getattr(time, 'monotonic', time.time)
LATE = 5
sent = {'alarm': 0, 'urgent': 0}
handled = {'alarm': 0, 'urgent': 0}
errors = []


def arm():
    sent['alarm'] += 1
    signal.setitimer(signal.ITIMER_REAL, 0.01)


def on_alarm(number, frame):
    handled['alarm'] += 1
    arm()


def on_urgent(number, frame):
    handled['urgent'] += 1


def sleep_a_little():
    # 2.7 does not go on after a signal, and says so.
    try:
        time.sleep(0.002)
    except IOError:
        pass


def over():
    try:
        return select.select([0], [], [], 0)[0]
    except select.error:  # 2.7, as above
        return False


def busy():
    while not stop.is_set():
        sum(range(1000))


if __name__ == '__main__':
    stop = threading.Event()
    threading.Thread(target=busy).start()
    signal.signal(signal.SIGALRM, on_alarm)
    signal.signal(signal.SIGURG, on_urgent)
    arm()
    print('ready')
    sys.stdout.flush()
    since = dict((name, (wall(), 0)) for name in handled)
    while not over() and not errors:
        sleep_a_little()
        if handled['urgent'] > sent['urgent']:
            errors.append('SIGURG: sent %(urgent)d' % sent + ', handled %(urgent)d' % handled)
        elif handled['urgent'] == sent['urgent']:
            sent['urgent'] += 1
            os.kill(os.getpid(), signal.SIGURG)
        for name, (at, count) in since.items():
            if handled[name] > count:
                since[name] = (wall(), handled[name])
            elif wall() - at > LATE:
                errors.append('%s: sent %d, handled %d' % (name, sent[name], handled[name]))
    stop.set()
    signal.setitimer(signal.ITIMER_REAL, 0)
    os.read(0, 1)
    print('errors: %s' % errors)
    print('signals: %d %d' % (handled['alarm'], handled['urgent']))
