"""The process whose memory is the material of the fuzzer: prints what it is, then stands still."""

from __future__ import print_function

import collections
import ctypes
import datetime
import json
import os
import re
import sys
import threading


class Thing(object):
    def method(self):
        return self


class Slotted(object):
    __slots__ = ("a", "b")


class Text(str):
    pass


def generator():
    yield 1


def specimens():
    thing, slotted, started = Thing(), Slotted(), generator()
    thing.a, thing.b, thing.itself = 1, u"two", thing
    slotted.a = slotted.b = thing
    next(started)
    endless = [1]
    endless.append(endless)
    return [
        [None, True, 7, 1 << 100, -(1 << 500), 1.5, float("nan"), 2j, Ellipsis, NotImplemented],
        [u"text", u"\xe9\u4e2d", u"\U0001f600x", b"bytes", bytearray(b"array"), Text("sub")],
        [endless, (1, (2,)), {"a": 1, 2: [3]}, {1: 2}, set([1, "b"]), frozenset([2]), slice(1, None, 2), range(3)],
        [collections.deque([1, 2]), collections.OrderedDict(a=1), collections.namedtuple("P", "x y")(1, 2)],
        [thing, slotted, Thing, thing.method, len, [].append, sys, started, generator.__code__, ValueError("x", 2)],
        [threading.Lock(), threading.RLock(), threading.Condition(), (lambda: thing).__closure__],
        [datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2), datetime.timedelta(1, 2, 3), datetime.time(1, 2)],
    ]


TASKS = """
async def step(event):
    await event.wait()


async def tasks(started):
    event = asyncio.Event()
    waiting = [asyncio.ensure_future(step(event)) for _ in range(2)] + [asyncio.get_event_loop().create_future()]
    asyncio.get_event_loop().call_soon(started.set)
    await asyncio.gather(asyncio.wait_for(asyncio.shield(waiting[0]), 1000), *waiting)
"""


def wait_in_tasks():
    """A loop with tasks that wait for each other, where there are any."""
    if sys.version_info < (3, 6):
        return
    import asyncio

    started = threading.Event()
    names = {"asyncio": asyncio}
    exec(TASKS, names)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(names["tasks"](started)))
    thread.daemon = True
    thread.start()
    started.wait()


def greenlets():
    """Some that are switched out, where there are any."""
    try:
        from greenlet import greenlet, getcurrent
    except ImportError:
        return []

    def run(depth):
        return run(depth - 1) if depth else getcurrent().parent.switch()

    started = [greenlet(run) for _ in range(3)]
    for each in started:
        each.switch(2)
    return started


def symbols():
    """The addresses of the names in symbols.h, in its order; 0 of what is not exported."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src", "symbols.h")
    with open(source) as text:
        names = re.findall(r"^  X\((\w+),", text.read(), re.MULTILINE)
    dlsym = ctypes.CDLL(None).dlsym
    dlsym.restype, dlsym.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p]
    return [[name, dlsym(None, name.encode()) or 0] for name in names]


def accessor(name):
    """What the function of the interpreter returns that the agent would call."""
    try:
        function = getattr(ctypes.pythonapi, name)
    except AttributeError:
        return 0
    function.restype = ctypes.c_uint64
    return function()


def wait(things, held, count=3, *rest, **named):
    """Holds a lock in a `with`, and waits, a few calls deep."""
    if count > 0:
        with threading.Lock():
            return wait(things, held, count - 1, *rest, **named)
    try:
        raise KeyError("handled")
    except KeyError:
        held.acquire()


def unicode_width():
    return 0 if sys.version_info[0] > 2 else 4 if sys.maxunicode > 0xFFFF else 2


def main():
    threading.stack_size(1 << 18)  # stacks are a part of the image
    held = threading.Lock()
    held.acquire()
    switched_out = greenlets()
    wait_in_tasks()
    for things in specimens():
        thread = threading.Thread(target=wait, args=(things, held), kwargs={"named": things})
        thread.daemon = True
        thread.start()
    print(json.dumps({
        "version": sys.hexversion, "unicodeWidth": unicode_width(), "symbols": symbols(),
        "accessors": [accessor("PyInterpreterState_Head"), accessor("_PyEval_GetSwitchInterval")],
    }))
    sys.stdout.flush()
    sys.stdin.read()
    del switched_out


main()
