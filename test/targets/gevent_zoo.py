"""Programs of gevent that hang, and some that are well: gevent_zoo.py ANIMAL. Prints "ready" once it has come to
where it stays, and ends with its standard input."""

from gevent import monkey

monkey.patch_all()

import socket
import sys
import threading
import time

import gevent
import gevent.lock
import gevent.queue
import gevent.server

animals = {}


def animal(function):
    animals[function.__name__] = function
    return function


def heartbeat():
    while True:
        time.sleep(0.05)


def wait_with(lock):
    with lock:
        pass


def take_and_end(lock):
    lock.acquire()


def take_both(one, other, arrived, others):
    with one:
        arrived.set()
        others.wait()
        with other:
            pass


def deadlock_of(one, other):
    first, second = gevent.event.Event(), gevent.event.Event()
    gevent.spawn(heartbeat)
    ab = gevent.spawn(take_both, one, other, first, second)
    ba = gevent.spawn(take_both, other, one, second, first)
    ab.name, ba.name = "ab", "ba"
    gevent.spawn(wait_with, one).name = "behind"


@animal
def deadlock_semaphores():
    deadlock_of(gevent.lock.Semaphore(), gevent.lock.BoundedSemaphore(1))


@animal
def deadlock_rlocks():
    deadlock_of(gevent.lock.RLock(), threading.RLock())


@animal
def deadlock_patched():
    deadlock_of(threading.Lock(), threading.RLock())


@animal
def twice():
    lock = threading.Lock()

    def again():
        with lock:
            with lock:
                pass

    gevent.spawn(heartbeat)
    gevent.spawn(again).name = "again"


@animal
def never_released():
    """The greenlet that has acquired it has ended."""
    lock = threading.Lock()
    gevent.spawn(heartbeat)
    gevent.spawn(take_and_end, lock).join()
    for _ in range(3):
        gevent.spawn(wait_with, lock)


@animal
def never_released_rlock():
    lock = gevent.lock.RLock()
    gevent.spawn(heartbeat)
    gevent.spawn(take_and_end, lock).join()
    gevent.spawn(wait_with, lock).name = "waits"


@animal
def never_released_semaphore():
    """Nobody is left but who waits for it, and a reader of the standard input."""
    lock = gevent.lock.Semaphore(1)
    gevent.spawn(take_and_end, lock).join()
    for _ in range(2):
        gevent.spawn(wait_with, lock)


@animal
def joined_in_circle():
    pair = []
    pair.append(gevent.spawn(lambda: pair[1].join()))
    pair.append(gevent.spawn(lambda: pair[0].join()))
    gevent.spawn(heartbeat)


@animal
def blocked_hub():
    """A call that gevent does not replace."""
    import ctypes

    gevent.spawn(heartbeat)
    gevent.sleep(0)
    print("ready")
    sys.stdout.flush()
    ctypes.CDLL(None).pause()


@animal
def slow_holder():
    """Whoever has the lock is slow, and no more than that."""
    lock = threading.Lock()

    def holder():
        with lock:
            time.sleep(3600)

    gevent.spawn(holder).name = "slow"
    gevent.sleep(0)
    gevent.spawn(wait_with, lock)
    gevent.spawn(wait_with, lock)


@animal
def server():
    """Clients, handlers, a queue and its workers, a limit of connections: all is well."""
    limit = gevent.lock.BoundedSemaphore(4)
    tasks = gevent.queue.Queue()
    shared = threading.Lock()

    def handle(connection, _):
        with limit:
            while connection.recv(100):
                with shared:
                    tasks.put("task")

    def work():
        while True:
            tasks.get()
            with shared:
                gevent.sleep(0)

    listening = gevent.server.StreamServer(("127.0.0.1", 0), handle)
    listening.start()
    for _ in range(2):
        gevent.spawn(work)
    connections = [socket.create_connection(("127.0.0.1", listening.address[1])) for _ in range(6)]
    for each in connections:
        each.send(b"x")
    kept.extend(connections)
    condition = threading.Condition()
    gevent.spawn(threading.Event().wait)

    def notified():
        with condition:
            condition.wait()

    gevent.spawn(notified)
    gevent.spawn(heartbeat)
    gevent.spawn(gevent.spawn(heartbeat).join)


kept = []
animals[sys.argv[1]]()
gevent.sleep(0.2)
print("ready")
sys.stdout.flush()
# The standard input is read in a thread of gevent's own.
gevent.get_hub().threadpool.apply(sys.stdin.read)
