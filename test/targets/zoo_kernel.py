"""More of the zoo (zoo.py): threads that wait in system calls that Python has no function for, or that say little by their
name. Each thread is named for what it waits in. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import ctypes
import json
import os
import platform
import signal
import socket
import struct
import sys
import tempfile

import zoo
from zoo import FOREVER

libc = ctypes.CDLL(None, use_errno=True)
ON_ARM = platform.machine() == 'aarch64'
NUMBERS = {
    'io_setup': (206, 0), 'io_getevents': (208, 4), 'mq_open': (240, 180), 'mq_unlink': (241, 181),
    'mq_timedreceive': (243, 183), 'io_uring_setup': (425, 425), 'io_uring_enter': (426, 426), 'pidfd_open': (434, 434),
}
IPC_RMID = 0
PR_SET_PDEATHSIG = 1
CREATE = 0o1000 | 0o600


def call(name, *args):
    words = [arg if isinstance(arg, (bytes, ctypes.Array)) or arg is None else ctypes.c_long(arg) for arg in args]
    return libc.syscall(ctypes.c_long(NUMBERS[name][ON_ARM]), *words)


def thread(name, function, *args):
    def again():
        # Some of these a debugger's stop ends, with EINTR (signal(7)), or with what has been written so far.
        while True:
            function(*args)

    zoo.thread(name, again)


def at_the_end(function):
    """Calls a function when this process has ended, however it does."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            os.close(writer)
            os.read(reader, 1)
            function()
        os._exit(0)
    os.wait()
    os.close(reader)


def signals(*numbers):
    return struct.pack('Q', sum(1 << number - 1 for number in numbers)) + b'\0' * 120


def system_v():
    """Message queues, one of which is full, and semaphores."""
    empty, full = libc.msgget(0, CREATE), libc.msgget(0, CREATE)
    semaphores = libc.semget(0, 3, CREATE)
    at_the_end(lambda: (libc.msgctl(empty, IPC_RMID, None), libc.msgctl(full, IPC_RMID, None),
                        libc.semctl(semaphores, 0, IPC_RMID)))
    message = ctypes.create_string_buffer(struct.pack('l', 7) + b'x' * 8000)
    # IPC_NOWAIT
    while libc.msgsnd(full, message, 8000, 0o4000) == 0:
        pass
    thread('msgrcv', libc.msgrcv, empty, message, 8000, ctypes.c_long(7), 0)
    thread('msgsnd', libc.msgsnd, full, message, 8000, 0)
    thread('semop', libc.semop, semaphores, struct.pack('HhhHhh', 1, 0, 0, 2, -3, 0), 2)
    return {'empty': empty, 'full': full, 'semaphores': semaphores}


def descriptors():
    """What is no file and no connection."""
    timer = libc.timerfd_create(1, 0)
    libc.timerfd_settime(timer, 0, struct.pack('4q', 0, 0, FOREVER, 0), None)
    inotify = libc.inotify_init()
    libc.inotify_add_watch(inotify, tempfile.mkdtemp().encode(), 0x100)
    thread('timerfd', os.read, timer, 8)
    thread('unset timerfd', os.read, libc.timerfd_create(1, 0), 8)
    thread('eventfd', os.read, libc.eventfd(0, 0), 8)
    thread('inotify', os.read, inotify, 4096)
    thread('signalfd', os.read, libc.signalfd(-1, signals(signal.SIGUSR1, signal.SIGHUP), 0), 128)
    thread('ppoll', libc.ppoll, struct.pack('ihh', libc.eventfd(0, 0), 1, 0), ctypes.c_long(1), None, None)
    thread('sigwait', libc.sigwait, signals(signal.SIGUSR2), ctypes.create_string_buffer(4))
    source, sink = os.pipe()
    thread('splice', libc.splice, source, None, os.pipe()[1], None, ctypes.c_size_t(4096), 0)
    return {'sink': sink}


def connecting():
    """Servers that take no connection more."""
    path = os.path.join(tempfile.mkdtemp(), 'socket')
    for family, address in ((socket.AF_UNIX, path), (socket.AF_INET, ('127.0.0.1', 0))):
        server = socket.socket(family)
        server.bind(address)
        server.listen(0)
        kept.append(server)
        while True:
            client = socket.socket(family)
            client.settimeout(0.2)
            kept.append(client)
            try:
                client.connect(server.getsockname())
            except (socket.timeout, OSError, socket.error):
                break
        blocked = socket.socket(family)
        kept.append(blocked)
        thread('connect %s' % ('UNIX' if family == socket.AF_UNIX else 'TCP'), blocked.connect, server.getsockname())


def asynchronous():
    """Nothing was asked for, so nothing comes."""
    context = ctypes.create_string_buffer(8)
    setup = call('io_setup', 8, context)
    if setup == 0:
        (number,) = struct.unpack('l', context.raw)
        thread('io_getevents', call, 'io_getevents', number, 1, 8, ctypes.create_string_buffer(256), None)
    ring = call('io_uring_setup', 8, ctypes.create_string_buffer(120))
    if ring >= 0:
        thread('io_uring', call, 'io_uring_enter', ring, 0, 2, 1, None, 0)
    name = b'sleeper-zoo-%d' % os.getpid()
    queue = call('mq_open', name, os.O_RDWR | os.O_CREAT, 0o600, None)
    if queue >= 0:
        call('mq_unlink', name)
        thread('mq', call, 'mq_timedreceive', queue, ctypes.create_string_buffer(8192), 8192, None, None)
    tried = {'io_getevents': setup, 'io_uring': ring, 'mq': queue}
    return {name: 'no' if result < 0 else 'yes' for name, result in tried.items()}


def child_by_descriptor(child):
    descriptor = call('pidfd_open', child, 0)
    # P_PIDFD, WEXITED
    thread('waitid', libc.waitid, 3, descriptor, ctypes.create_string_buffer(128), 4, None)
    thread('pidfd', libc.poll, struct.pack('ihh', descriptor, 1, 0), ctypes.c_long(1), -1)


def in_child():
    """Does nothing in a child, as long as this process is there."""
    parent, child = os.getpid(), os.fork()
    if child == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # Only a signal that it does not know of wakes it: whoever looks at it finds it asleep.
        while os.getppid() == parent:
            signal.pause()
        os._exit(0)
    return child


def fill(end):
    """Sends as much as there is room for."""
    end.setblocking(False)
    sent = 0
    try:
        while True:
            sent += end.send(b'x' * 1000)
    except (OSError, socket.error):
        end.setblocking(True)
        return sent


def unread():
    """Pipes and connections that nobody reads from: two are full, and over one an answer is waited for."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    client = socket.create_connection(listener.getsockname())
    end, other = socket.socketpair()
    reader, writer = os.pipe()
    kept.extend([listener.accept()[0], other, reader])
    child = in_child()
    thread('pipe', os.write, writer, b'x' * 100000)
    at = {'UNIX': fill(end), 'TCP': 5000}
    client.sendall(b'x' * 5000)
    thread('UNIX', end.send, b'x')
    thread('TCP', client.recv, 1)
    os.write(1, (json.dumps({'pid': os.getpid(), 'child': child, 'at': at}) + '\n').encode())
    os.wait()


kept = []


def calls():
    child = in_child()
    ids = system_v()
    ids.update(descriptors())
    connecting()
    ids.update(asynchronous())
    child_by_descriptor(child)
    os.write(1, (json.dumps({'pid': os.getpid(), 'child': child, 'at': ids}) + '\n').encode())
    os.wait()


if __name__ == '__main__':
    globals()[sys.argv[1]]()
