"""Threads in system calls that a stop ends with EINTR, where others begin again. When it may read, it says what
has come back, gives each what it waits for, and says so again. Runs on Python 2.7 and 3.6 to 3.15.
"""
import ctypes
import os
import select
import signal
import threading

libc = ctypes.CDLL(None, use_errno=True)
SIG_BLOCK = 0
IPC_PRIVATE = 0
SYS_io_setup, SYS_io_getevents = 206, 208  # of x86-64

back = {}


class Operation(ctypes.Structure):
    _fields_ = [('number', ctypes.c_ushort), ('change', ctypes.c_short), ('flags', ctypes.c_short)]


def wait_in(name, call):
    def run():
        result = call()
        back[name] = result if result >= 0 else os.strerror(ctypes.get_errno())

    thread = threading.Thread(target=run, name=name)
    thread.daemon = True
    thread.start()
    return thread


def in_python():
    """select.epoll of Python 2 raises where the call has ended; that of Python 3 calls again."""
    poll = select.epoll()
    poll.register(reading, select.EPOLLIN)
    return len(poll.poll())


def in_c():
    poll = select.epoll()
    poll.register(reading, select.EPOLLIN)
    return libc.epoll_wait(poll.fileno(), ctypes.create_string_buffer(16), 1, -1)


def asynchronous():
    context = ctypes.c_ulong(0)
    libc.syscall(SYS_io_setup, 1, ctypes.byref(context))
    return libc.syscall(SYS_io_getevents, context, ctypes.c_long(1), ctypes.c_long(1), events, None)


events = ctypes.create_string_buffer(32)
signals = ctypes.create_string_buffer(128)
libc.sigaddset(signals, int(signal.SIGUSR1))
libc.pthread_sigmask(SIG_BLOCK, signals, None)
reading, writing = os.pipe()
semaphores = libc.semget(IPC_PRIVATE, 1, 0o600)
waiting = [
    wait_in('epoll of Python', in_python),
    wait_in('epoll_wait', in_c),
    wait_in('sigwaitinfo', lambda: libc.sigwaitinfo(signals, None)),
    wait_in('semop', lambda: libc.semop(semaphores, ctypes.byref(Operation(0, -1, 0)), 1)),
]
wait_in('io_getevents', asynchronous)
os.write(1, b'ready\n')

os.read(0, 1)
os.write(1, ('%s\n' % sorted(back.items())).encode())
os.write(writing, b'x')
os.kill(os.getpid(), signal.SIGUSR1)
libc.semop(semaphores, ctypes.byref(Operation(0, 1, 0)), 1)
for thread in waiting:
    thread.join()
libc.semctl(semaphores, 0, 0)
os.write(1, ('%s\n' % sorted(back.items())).encode())
