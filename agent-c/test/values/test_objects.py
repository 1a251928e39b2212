"""Callables, classes, modules, generators, locks."""

from __future__ import print_function

import collections
import multiprocessing
import sys
import threading
import weakref

from harness import PY2, address_of
from test_instances import Outer, Plain, at, text_of


def check_callables(c):
    def local():
        pass

    bound = Outer.Inner().method
    c.shown(local, "<function %s at %s>" % (getattr(local, "__qualname__", "local"), at(local)))
    c.shown(bound, "<bound method %s.method of %s>" % (
        "Inner" if PY2 else "Outer.Inner", text_of(bound.__self__, "", "Inner" if PY2 else "Outer.Inner")))
    c.shown(len, "<built-in function len>")
    items = []
    c.shown(items.append, "<built-in method append of list object at %s>" % at(items))
    word = "type" if PY2 else "class"
    c.shown(int, "<%s 'int'>" % word)
    c.shown(collections.deque, "<%s 'collections.deque'>" % word)
    c.shown(Plain, "<class 'test_instances.Plain'>")
    c.shown(sys, "<module 'sys'>")
    c.shown(sys.modules[__name__], "<module 'test_objects'>")
    code = check_callables.__code__
    c.shown(code, "<code object check_callables at %s, file \"%s\", line %d>" % (
        at(code), code.co_filename, code.co_firstlineno))
    frame = sys._getframe()
    c.shown(frame, "<frame at %s, file '%s', code check_callables>" % (at(frame), code.co_filename))
    if PY2:
        c.shown(Outer.Inner.method, "<unbound method Inner.method>")
    cells = (lambda: local).__closure__
    c.shown(cells[0], "<cell at %s: <function %s at %s>>" % (
        at(cells[0]), getattr(local, "__qualname__", "local"), at(local)))
    target = Plain()
    reference = weakref.ref(target)
    c.shown(reference, "<weakref at %s; to 'test_instances.Plain' at %s>" % (at(reference), at(target)))
    del target
    c.shown(reference, "<weakref at %s; dead>" % at(reference))


ASYNC = """
async def coroutine():
    pass

async def asynchronous():
    yield 1
"""


def standing(generator, state):
    """What is shown of a generator, coroutine or asynchronous generator that has a frame."""
    kind = type(generator).__name__
    frame = next(getattr(generator, name) for name in ("gi_frame", "cr_frame", "ag_frame") if hasattr(generator, name))
    name = getattr(generator, "__qualname__", generator.__name__)
    return "<%s object %s at %s, %s at line %d>" % (kind, name, at(generator), state, frame.f_lineno)


def check_generators(c):
    found = []

    def numbers():
        found.append((c.decoder.value(generator)["repr"], standing(generator, "running")))
        yield 1
        yield 2

    generator = numbers()
    c.shown(generator, standing(generator, "created"))
    next(generator)
    c.equal(found[0][0], found[0][1], "a running generator")
    c.shown(generator, standing(generator, "suspended"))
    next(generator)
    c.shown(generator, standing(generator, "suspended"))
    c.equal(list(generator), [], "the rest")
    name = getattr(generator, "__qualname__", generator.__name__)
    c.shown(generator, "<generator object %s at %s, closed>" % (name, at(generator)))
    if not PY2:
        check_delegation_and_async(c)


def check_delegation_and_async(c):
    names = {"__name__": __name__}
    exec(ASYNC + "def outer(inner):\n    yield from inner\n", names)
    inner = iter([1, 2])
    outer = names["outer"](inner)
    next(outer)
    waits = ", waits for %s>" % c.decoder.value(inner)["repr"]
    c.shown(outer, standing(outer, "suspended")[:-1] + waits)
    coroutine = names["coroutine"]()
    c.shown(coroutine, standing(coroutine, "created"))
    coroutine.close()
    c.shown(coroutine, "<coroutine object coroutine at %s, closed>" % at(coroutine))
    agen = names["asynchronous"]()
    c.shown(agen, standing(agen, "created"))


def state(kind, locked, owner=None, count=None):
    return {"kind": kind, "locked": locked, "owner": owner, "count": count}


def lock_member(c, lock):
    """Without the address at which it is waited for: test/integration/why.test.ts is about that."""
    member = c.decoder.value(lock)["lock"]
    c.true(member.pop("futex").startswith("0x"), "a lock has an address to wait at")
    return member


def check_locks_of_multiprocessing(c):
    me = threading.current_thread().ident
    lock = multiprocessing.Lock()
    c.equal(lock_member(c, lock._semlock), state("SemLock", False, None, 0), "a free lock of multiprocessing")
    with lock:
        c.equal(lock_member(c, lock._semlock), state("SemLock", True, me, 1), "a held one")
    rlock = multiprocessing.RLock()
    with rlock:
        with rlock:
            c.equal(lock_member(c, rlock._semlock), state("SemLock", True, me, 2), "one that is held twice")


def check_locks(c):
    me = threading.current_thread().ident
    lock = threading.Lock()
    c.equal(lock_member(c, lock), state("Lock", False), "a free lock")
    with lock:
        c.equal(lock_member(c, lock), state("Lock", True), "a held lock")
        name = "thread.lock" if PY2 else "_thread.lock"
        c.shown(lock, "<locked %s object at %s>" % (name, at(lock)))
    c.equal(lock_member(c, lock), state("Lock", False), "a released lock")
    implementations = [threading.RLock] if PY2 else [threading.RLock, threading._PyRLock]
    for make in implementations:
        rlock = make()
        c.equal(lock_member(c, rlock), state("RLock", False, None, 0), "a free RLock")
        with rlock:
            c.equal(lock_member(c, rlock), state("RLock", True, me, 1), "a held RLock")
            with rlock:
                c.equal(lock_member(c, rlock), state("RLock", True, me, 2), "an RLock held twice")
        c.equal(lock_member(c, rlock), state("RLock", False, None, 0), "a released RLock")
        c.equal(c.decoder.lock_behind(rlock.__exit__), address_of(rlock), "an RLock's bound method")
        check_lock_of_other_thread(c, rlock)
    check_locks_behind(c, lock, rlock)


def check_lock_of_other_thread(c, rlock):
    held, release = threading.Event(), threading.Event()

    def hold():
        with rlock:
            held.set()
            release.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    c.equal(lock_member(c, rlock), state("RLock", True, thread.ident, 1), "an RLock of another thread")
    release.set()
    thread.join()


def check_locks_behind(c, lock, rlock):
    c.equal(c.decoder.lock_behind(lock), address_of(lock), "a lock itself")
    c.equal(c.decoder.lock_behind(lock.__exit__), address_of(lock), "a lock's bound method")
    condition = threading.Condition(lock)
    c.equal(c.decoder.lock_behind(condition.__exit__), address_of(lock), "a condition's bound method")
    c.equal(c.decoder.lock_behind(threading.Condition(rlock).__exit__), address_of(rlock), "a condition's RLock")
    c.true("lock" not in c.decoder.value(condition), "a condition is no lock")
    semaphore = threading.Semaphore()
    c.equal(c.decoder.lock_behind(semaphore.__exit__), address_of(semaphore), "a semaphore's bound method")
    for other in (None, 1, [], [].append, len, Plain(), Outer.Inner().method):
        c.equal(c.decoder.lock_behind(other), 0, "no lock behind %r" % (other,))


def check(c, random):
    check_callables(c)
    check_generators(c)
    check_locks(c)
    check_locks_of_multiprocessing(c)
