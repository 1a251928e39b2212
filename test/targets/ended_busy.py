"""The main thread is in a system call that a stop ends with EINTR, until the end of its standard input; two threads are
busy. Says what has come back. Runs on Python 2.7 and 3.6 to 3.15.
"""
import ctypes
import os
import select
import threading

libc = ctypes.CDLL(None, use_errno=True)


def busy():
    while True:
        pass


for _ in range(2):
    thread = threading.Thread(target=busy)
    thread.daemon = True
    thread.start()
poll = select.epoll()
poll.register(0, select.EPOLLIN)
os.write(1, b'ready\n')
result = libc.epoll_wait(poll.fileno(), ctypes.create_string_buffer(16), 1, -1)
os.write(1, ('%s\n' % (result if result >= 0 else os.strerror(ctypes.get_errno()))).encode())
os._exit(0)
