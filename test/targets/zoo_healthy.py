"""More of the zoo (zoo.py): what is at work, and must not be called hung, whenever one looks. It says that it begins; some
of it has then only just begun. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from zoo import FOREVER, queue, say, thread


def again_and_again(function, *args):
    while True:
        function(*args)


def http_load():
    """A server with a thread for each request, and clients that ask all the time."""
    try:
        from http.server import BaseHTTPRequestHandler, HTTPServer
        from socketserver import ThreadingMixIn
        from urllib.request import urlopen
    except ImportError:
        from BaseHTTPServer import BaseHTTPRequestHandler, HTTPServer
        from SocketServer import ThreadingMixIn
        from urllib2 import urlopen

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            time.sleep(0.002)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    class Server(ThreadingMixIn, HTTPServer):
        daemon_threads = True

    server = Server(('127.0.0.1', 0), Handler)
    url = 'http://127.0.0.1:%d/' % server.server_port
    for number in range(3):
        thread('client-%d' % number, again_and_again, lambda: urlopen(url).close())
    say()
    server.serve_forever()


def long_tasks():
    """A pool with more to do than it has threads for, and who waits for all of it."""
    from concurrent.futures import ThreadPoolExecutor, as_completed
    executor = ThreadPoolExecutor(2)
    tasks = [executor.submit(time.sleep, FOREVER), executor.submit(again_and_again, sum, [1, 2])]
    tasks += [executor.submit(print) for _ in range(5)]
    say()
    for task in as_completed(tasks):
        task.result()


def turns():
    """A lock that many want, each for a moment."""
    lock = threading.Lock()

    def take():
        with lock:
            time.sleep(0.002)

    for number in range(5):
        thread('turn-%d' % number, again_and_again, take)
    say(lock=lock)
    again_and_again(take)


def turns_of_two():
    """Two locks, by the same threads, always in the same order."""
    first, second = threading.RLock(), threading.Lock()

    def take():
        with first:
            with second:
                time.sleep(0.001)

    for number in range(3):
        thread('turn-%d' % number, again_and_again, take)
    say(first=first, second=second)
    again_and_again(take)


def gives_up():
    """Each has what the other wants, and gives up after a while, to try again."""
    one, two = threading.Lock(), threading.Lock()

    def attempt(mine, other):
        with mine:
            if other.acquire(timeout=0.05):
                other.release()

    thread('other', again_and_again, attempt, two, one)
    say(one=one, two=two)
    again_and_again(attempt, one, two)


def passes_on():
    """Queues, now full, now empty, through which work goes round."""
    queues = [queue.Queue(2) for _ in range(3)]

    def pass_on(source, target):
        target.put(source.get())

    for number in range(2):
        thread('stage-%d' % number, again_and_again, pass_on, queues[number], queues[number + 1])
    queues[0].put(1)
    say()
    again_and_again(pass_on, queues[2], queues[0])


def sqlite_turns():
    """A database that several threads write to, each with a connection of its own."""
    import sqlite3
    path = os.path.join(tempfile.mkdtemp(), 'accounts.db')
    sqlite3.connect(path).execute('create table account (id)').connection.close()

    def write():
        database = sqlite3.connect(path, isolation_level=None, timeout=FOREVER)
        while True:
            database.execute('begin immediate')
            time.sleep(0.01)
            database.execute('commit')

    thread('writer', write)
    say()
    write()


def talkative_child():
    """A child that writes and writes, and who reads that."""
    line = 'import sys\nwhile True: sys.stdout.write("x" * 1000 + "\\n")'
    child = subprocess.Popen([sys.executable, '-c', line], stdout=subprocess.PIPE)
    say(child=child.pid)
    again_and_again(child.stdout.readline)


def slow_reader():
    """A full pipe, whose reader takes his time."""
    reader, writer = os.pipe()

    def read():
        time.sleep(0.01)
        os.read(reader, 65536)

    thread('reader', again_and_again, read)
    say()
    again_and_again(os.write, writer, b'x' * 65536)


def process_pool():
    from concurrent.futures import ProcessPoolExecutor
    executor = ProcessPoolExecutor(2)
    list(executor.map(abs, [1, 2]))
    say()
    while True:
        time.sleep(FOREVER)


def logs():
    """All write to one handler."""
    import logging
    logging.getLogger().addHandler(logging.StreamHandler(open(os.devnull, 'w')))
    for number in range(3):
        thread('log-%d' % number, again_and_again, logging.error, 'written')
    say()
    again_and_again(logging.error, 'written')


def timers():
    """Timers, each of which starts the next, and a signal now and then, whose handler takes the lock as well:
    Python 2's is not made for that."""
    lock = threading.RLock()

    def tick(*_):
        with lock:
            time.sleep(0.001)

    def next_one():
        tick()
        timer = threading.Timer(0.01, next_one)
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    next_one()
    say(lock=lock)
    again_and_again(tick)


def ping_pong():
    """Two loops over select(), which send something to and fro."""
    import select
    left, right = socket.socketpair()

    def play(end):
        select.select([end], [], [])
        end.send(end.recv(1))

    left.send(b'x')
    thread('pong', again_and_again, play, left)
    say()
    again_and_again(play, right)


def matches():
    """Regular expressions all the time, none of which takes long."""
    text = 'a' * 12 + 'b'
    thread('other', again_and_again, re.match, '(a+)+$', text)
    say()
    again_and_again(re.match, '(a+)+$', text)


def naps():
    """Computes in C nearly all the time, in one line, and sleeps in between."""
    numbers = list(range(20000))
    say()
    while True:
        time.sleep(1e-4 * sum(numbers) / sum(numbers))


def stopped_client():
    """A server whose client is stopped, and may come back."""
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(1)
    client = os.fork()
    if client == 0:
        connection = socket.create_connection(listener.getsockname())
        listener.close()
        connection.sendall(b'x')
        connection.recv(1)
        os._exit(0)
    connection, _ = listener.accept()
    connection.recv(1)
    os.kill(client, signal.SIGSTOP)
    say(child=client)
    connection.recv(1)


if __name__ == '__main__':
    globals()[sys.argv[1]]()
