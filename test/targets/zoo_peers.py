"""More of the zoo (zoo.py): a client whose server is somewhere, with the agent and without. Runs on Python 2.7 and 3.6 to
3.15.
"""
from __future__ import print_function

import os
import socket
import subprocess
import sys
import threading

from zoo import say
from zoo_outside import in_child, listen


def look_up(lock):
    with lock:
        pass


def answer(connection):
    connection.recv(1)
    connection.sendall(b'x')
    lock = threading.Lock()
    lock.acquire()
    look_up(lock)


def serve(listener):
    answer(listener.accept()[0])


def ask(listener, child):
    connection = socket.create_connection(listener.getsockname())
    listener.close()
    connection.sendall(b'x')
    connection.recv(1)
    say(child=child)
    connection.recv(1)


def inside():
    """A server that waits for a lock."""
    listener = listen()
    ask(listener, in_child(serve, listener))


def outside():
    """The same, into which nobody has loaded the agent."""
    listener = listen()
    bare = {name: value for name, value in os.environ.items() if name != 'LD_PRELOAD'}
    os.dup2(listener.fileno(), 0)
    ask(listener, subprocess.Popen([sys.executable, __file__, 'server'], env=bare).pid)


def server():
    serve(socket.fromfd(0, socket.AF_INET, socket.SOCK_STREAM))


def no_python():
    """What is waited for is cat, which waits for us."""
    cat = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    say(child=cat.pid)
    cat.stdout.read(1)


if __name__ == '__main__':
    globals()[sys.argv[1]]()
