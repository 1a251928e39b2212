"""More of the zoo (zoo.py): what waits for somebody outside of the process, who does not answer. Runs on Python 2.7 and
3.6 to 3.15.
"""
from __future__ import print_function

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

from zoo import FOREVER, say, thread


def listen():
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(5)
    return listener


def in_child(serve, *args):
    """Calls a function in a child, which ends with its parent."""
    child = os.fork()
    if child == 0:
        try:
            serve(*args)
        finally:
            os._exit(0)
    return child


def takes_calls(listener):
    """Accepts connections, greets, and says nothing more."""
    connections = []
    while True:
        connection, _ = listener.accept()
        connection.sendall(b'x')
        connections.append(connection)


def recv():
    """A server that takes the connection, and never answers."""
    listener = listen()
    child = in_child(takes_calls, listener)
    connection = socket.create_connection(listener.getsockname())
    listener.close()
    connection.recv(1)
    say(child=child)
    connection.recv(1)


def stopped_peer():
    """The same, and a signal has stopped the server."""
    listener = listen()
    child = in_child(takes_calls, listener)
    connection = socket.create_connection(listener.getsockname())
    listener.close()
    connection.recv(1)
    os.kill(child, signal.SIGSTOP)
    say(child=child)
    connection.recv(1)


def stopped_reader():
    """A pipe that is full, because a signal has stopped who reads it."""
    child = subprocess.Popen(['cat'], stdin=subprocess.PIPE)
    os.kill(child.pid, signal.SIGSTOP)
    say(child=child.pid)
    while True:
        os.write(child.stdin.fileno(), b'x' * 65536)


def dead_reader():
    """Who read the pipe has ended, which nobody is told of: the end to read from is open here, too, and forgotten."""
    reader, writer = os.pipe()
    os.waitpid(in_child(os.getpid), 0)
    say()
    while True:
        os.write(writer, b'x' * 65536)


def fifo():
    """A named pipe that nobody writes to, and one that another process has open for it."""
    directory = tempfile.mkdtemp()
    nobody, somebody = (os.path.join(directory, name) for name in ('nobody', 'somebody'))
    os.mkfifo(nobody)
    os.mkfifo(somebody)

    def write():
        os.open(somebody, os.O_WRONLY)
        signal.pause()

    child = in_child(write)
    thread('read', os.read, os.open(somebody, os.O_RDONLY), 1)
    say(child=child)
    os.open(nobody, os.O_RDONLY)


def answers_once(listener):
    """A server over HTTP that answers the first request of a connection alone."""
    connections = []
    while True:
        connection, _ = listener.accept()
        connections.append(connection)
        connection.recv(65536)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')


def http():
    """A connection that is kept alive, and a second request, which is never answered; and one by a URL."""
    try:
        from http.client import HTTPConnection
        from urllib.request import urlopen
    except ImportError:
        from httplib import HTTPConnection
        from urllib2 import urlopen
    kept, silent = listen(), listen()
    child = in_child(answers_once, kept)
    connection = HTTPConnection('127.0.0.1', kept.getsockname()[1])
    connection.request('GET', '/first')
    connection.getresponse().read()
    thread('url', urlopen, 'http://127.0.0.1:%d/slow?a=1' % silent.getsockname()[1])
    connection.request('POST', '/second')
    say(child=child)
    connection.getresponse()


def in_namespace(command):
    """Begins anew in a mount namespace of its own, after a command of the shell."""
    words = ['unshare', '--mount', 'sh', '-c', command + ' && exec "$@"', 'sh']
    os.execvp('unshare', words + [sys.executable] + sys.argv + ['inside'])


def dns():
    """A name server that does not answer."""
    address = '127.53.53.53'
    if sys.argv[-1] != 'inside':
        with tempfile.NamedTemporaryFile('w', delete=False) as configuration:
            configuration.write('nameserver %s\n' % address)
        in_namespace('mount --bind %s /etc/resolv.conf' % configuration.name)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    say()
    socket.create_connection(('nobody.example', 80))


def sqlite():
    """A database that another process writes to."""
    import sqlite3
    path = os.path.join(tempfile.mkdtemp(), 'accounts.db')
    sqlite3.connect(path).execute('create table account (id)').connection.close()
    reader, writer = os.pipe()
    parent = os.getpid()

    def write():
        database = sqlite3.connect(path, isolation_level=None)
        database.execute('begin exclusive')
        os.write(writer, b'x')
        while os.getppid() == parent:
            time.sleep(0.1)

    child = in_child(write)
    os.read(reader, 1)
    database = sqlite3.connect(path, timeout=FOREVER)
    say(child=child)
    database.execute('insert into account values (1)')


def sqlite_itself():
    """A database that another connection of the same thread writes to."""
    import sqlite3
    path = os.path.join(tempfile.mkdtemp(), 'accounts.db')
    first = sqlite3.connect(path, isolation_level=None)
    first.execute('pragma journal_mode = wal')
    first.execute('create table account (id)')
    first.execute('begin immediate')
    second = sqlite3.connect(path, timeout=FOREVER)
    say()
    second.execute('insert into account values (1)')


def vfork():
    """A child that has no memory of its own yet, and waits; until it has, its parent is in uninterruptible sleep."""
    fifo = os.path.join(tempfile.mkdtemp(), 'fifo')
    os.mkfifo(fifo)
    say()
    os.posix_spawn('/bin/true', ['true'], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 0, fifo, os.O_RDONLY, 0)])


def fuse():
    """A file system whose server does not answer."""
    if sys.argv[-1] != 'inside':
        in_namespace('true')
    import ctypes
    import struct
    device = os.open('/dev/fuse', os.O_RDWR)
    directory = tempfile.mkdtemp()
    options = 'fd=%d,rootmode=40000,user_id=0,group_id=0' % device
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b'silent', directory.encode(), b'fuse', 0, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), 'mount')
    # The first request, FUSE_INIT, gets its answer: the header, the version, and zeros.
    request = os.read(device, 1 << 20)
    (unique,) = struct.unpack_from('Q', request, 8)
    os.write(device, struct.pack('IiQII56x', 16 + 64, 0, unique, 7, 31))
    say()
    os.stat(os.path.join(directory, 'accounts.db'))


if __name__ == '__main__':
    globals()[sys.argv[1]]()
