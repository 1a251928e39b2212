"""Does what it is told by lines on standard input, and says when it has: `hang` has the main thread wait for a lock until
`go`; `touch PATH` touches a file; `work` makes it work for a moment. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import os
import sys
import threading

try:
    import queue
except ImportError:
    import Queue as queue

jobs = queue.Queue()
lock = threading.Lock()


def say(text):
    os.write(1, (text + '\n').encode())


def obey():
    for line in iter(sys.stdin.readline, ''):
        words = line.split()
        if words[0] == 'hang':
            lock.acquire()
            jobs.put('lock')
        elif words[0] == 'go':
            lock.release()
        elif words[0] == 'touch':
            with open(words[1], 'w') as touched:
                touched.write('x')
            say('touched')
        else:
            jobs.put('work')
    jobs.put('end')


commander = threading.Thread(target=obey, name='commander')
commander.daemon = True
commander.start()
say('ready')
for job in iter(jobs.get, 'end'):
    if job == 'lock':
        say('hangs')
        with lock:
            say('goes on')
    else:
        say('worked')
