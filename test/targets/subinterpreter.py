"""A function of another interpreter reads from a pipe; the main interpreter reads stdin, and ends the other at its end.

Prints "ready" when both read. Runs on Python 3.8 to 3.15.
"""
import os
import sys
import threading
import time

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

CODE = '''
import os
def deep(n=7):
    secret = "sub"
    os.read(%d, 1)
deep()
'''


def run():
    start = getattr(interpreters, 'run_string', None) or interpreters.exec
    start(interpreters.create(), CODE % reading)


def reads(tid):
    with open('/proc/self/task/%d/syscall' % tid) as file:
        return file.read().startswith('0 0x%x ' % reading)


if __name__ == '__main__':
    reading, writing = os.pipe()
    thread = threading.Thread(target=run)
    thread.start()
    while not reads(thread.native_id):
        time.sleep(0.001)
    print('ready', flush=True)
    sys.stdin.read()
    os.write(writing, b'x')
    thread.join()
    print('fine', flush=True)
