"""What the servers of the tests serve, by WSGI: /hold keeps its worker until somebody writes to the FIFO that the
environment variable HOLD names, and first makes a file that has the worker's process id at the end of its name. It waits
in a call that gevent does not replace.
"""
import os


def hold():
    path = os.environ['HOLD']
    open('%s.%d' % (path, os.getpid()), 'w').close()
    fifo = os.open(path, os.O_RDWR)
    os.read(fifo, 1)
    os.close(fifo)


def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/hold':
        hold()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [('%s %d' % (path, os.getpid())).encode()]
