"""Decodes objects while bytes of them, of their tables and of their types are damaged.

Nothing may crash or hang, and every answer must be valid JSON.
"""

from __future__ import print_function

import collections
import ctypes
import datetime
import struct
import sys
import threading

from harness import Limits, PY2, address_of, cpu_time, parse


class Thing(object):
    def method(self):
        pass


class Slotted(object):
    __slots__ = ("a", "b")


def generator():
    yield 1


def specimens():
    thing = Thing()
    thing.a, thing.b, thing.c = 1, "two", [3]
    slotted = Slotted()
    slotted.a = slotted.b = thing
    started = generator()
    next(started)
    values = [
        None, True, 7, 1 << 100, -(1 << 5000), 1.5, 2j, u"text", u"\xe9\u4e2d", u"\U0001f600x", b"bytes", bytearray(b"array"),
        [1, [2, "three"], 4.5], (1, (2,)), {"a": 1, 2: [3]}, {1: 2}, set([1, "b"]), frozenset([2]), slice(1, None, thing),
        collections.deque(range(100)), thing, slotted, Thing, thing.method, len, [].append, sys, generator, started,
        generator(), generator.__code__, sys._getframe(), ValueError("x", 2), threading.Lock(), threading.RLock(),
        datetime.date.today(), datetime.datetime.now(), datetime.timedelta(1, 2, 3), datetime.time(1, 2),
        collections.namedtuple("P", "x y")(1, 2), collections.OrderedDict(a=1), collections.Counter("aab"),
        threading.Condition(), (lambda: thing).__closure__, type("Sub", (int,), {})(5),
    ]
    values.append(range(3) if not PY2 else xrange(3))  # noqa: F821
    if not PY2:
        values.append(datetime.datetime.now(datetime.timezone.utc))
    return values


def regions(value):
    """Addresses and sizes of the memory that belongs to the object."""
    address = address_of(value)
    yield address, max(16, min(sys.getsizeof(value), 512)), 16
    yield address - 32, 32, 2
    yield address_of(type(value)), 420, 1
    # What its pointers point to: tables of dicts, items of lists, frames, code.
    for offset in range(16, min(sys.getsizeof(value), 80) - 7, 8):
        pointer = struct.unpack("<Q", ctypes.string_at(address + offset, 8))[0]
        if readable(pointer):
            yield pointer, 128, 3


def readable(pointer):
    return pointer % 8 == 0 and any(low <= pointer < high - 4096 for low, high in MAPPINGS)


def mappings():
    with open("/proc/self/maps") as maps:
        for line in maps:
            span, mode = line.split()[:2]
            if mode.startswith("rw"):
                low, high = span.split("-")
                yield int(low, 16), int(high, 16)


MAPPINGS = []


def damage(random, address, size, known):
    """Where to write, and what: a flipped bit, a random byte, or a pointer to something else."""
    kind = random.random()
    if kind < 0.35:
        place = address + random.randrange(size)
        byte = struct.unpack("B", ctypes.string_at(place, 1))[0] ^ (1 << random.randrange(8))
        return place, struct.pack("B", byte)
    if kind < 0.5:
        return address + random.randrange(size), struct.pack("B", random.randrange(256))
    place = address + random.randrange(size // 8) * 8
    if kind < 0.7:
        return place, struct.pack("<Q", random.choice(known))
    if kind < 0.9:
        return place, struct.pack("<Q", random.choice(EXTREMES))
    return place, struct.pack("<Q", random.getrandbits(64))


EXTREMES = [0, 1, 8, (1 << 64) - 1, (1 << 63) - 1, 1 << 63, 1 << 62, 1 << 47, (1 << 47) - 8, 1 << 32, (1 << 32) - 1,
            0xDEADBEEF, 4096, 65536, (1 << 64) - 8, (1 << 64) - 4096, 1 << 20, 1 << 40]


def check(c, random, rounds):
    import gc

    gc.disable()  # nothing but the decoder may look at damaged memory
    values = specimens()
    MAPPINGS[:] = list(mappings())
    known = [address_of(v) for v in values] + [address_of(type(v)) for v in values]
    spots = [(v, a, s) for v in values for a, s, weight in regions(v) for _ in range(weight)]
    library = c.decoder.library
    choices = [Limits(depth=d, items=i, repr=4096) for d in (4, 32) for i in (10, 100)]
    errors = 0
    slowest = 0
    for _ in range(rounds):
        value, address, size = random.choice(spots)
        place, instead = damage(random, address, size, known)
        limits = ctypes.byref(random.choice(choices))
        before = cpu_time()
        answer = library.sleeper_test_damaged(address_of(value), limits, place, len(instead), instead)
        slowest = max(slowest, cpu_time() - before)
        answer = parse(answer)
        if "error" in answer:
            errors += 1
        elif "repr" not in answer:
            c.fail("neither a text nor an error: %r", answer)
    c.count += rounds
    c.true(errors > rounds // 1000, "some damage must be noticed")
    c.true(slowest < 5, "one took %.1f s" % slowest)
    check_garbage(c, random, rounds // 5, known)
    gc.enable()


def check_garbage(c, random, rounds, known):
    """Memory that never was an object, and addresses that are none."""
    size = 512
    block = ctypes.create_string_buffer(size + 16)
    base = (ctypes.addressof(block) + 15) // 16 * 16
    types = known[len(known) // 2:]
    for _ in range(rounds):
        words = [random.choice([random.getrandbits(64), random.getrandbits(8), random.choice(EXTREMES), base,
                                base + 8 * random.randrange(size // 8), random.choice(known)]) for _ in range(size // 8)]
        words[9] = random.choice(types)  # the type of an object at base + 64, with memory in front of it
        ctypes.memmove(base, struct.pack("<%dQ" % len(words), *words), size)
        c.decoder.at(base + 64, depth=8)
        c.decoder.lock_behind_address(base + 64)
    for address in EXTREMES + [base + 1, base + 4]:
        c.true("error" in c.decoder.at(address), "no object at %x" % address)
    c.count += rounds
