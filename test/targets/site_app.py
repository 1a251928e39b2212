"""What the servers of the tests serve, by WSGI: /hold keeps its worker until somebody writes to the FIFO that the
environment variable HOLD names, and first makes a file that has the worker's process id at the end of its name. It waits
in a call that gevent does not replace. /deadlock makes such a file as well, and wants a lock twice, of the kind that
gevent has replaced.
"""
import os
import sys
import threading


def mark():
    open('%s.%d' % (os.environ['HOLD'], os.getpid()), 'w').close()


def hold():
    path = os.environ['HOLD']
    mark()
    fifo = os.open(path, os.O_RDWR)
    os.read(fifo, 1)
    os.close(fifo)


def deadlock():
    patched = sys.modules.get('gevent.monkey')
    allocate = patched.get_original('threading', 'Lock') if patched else threading.Lock
    lock = allocate()
    mark()
    with lock:
        with lock:
            pass


def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/hold':
        hold()
    elif path == '/deadlock':
        deadlock()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [('%s %d' % (path, os.getpid())).encode()]
