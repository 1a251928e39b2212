"""What is cut, how it is said, and that it takes no longer for a large object than for a small one."""

from __future__ import print_function

import collections
import time

from harness import PY2


def check_limits(c):
    found = c.shown(list(range(1000)), "[%s, ...]" % ", ".join(map(str, range(100))))
    c.equal(found["truncated"], {"shown": 100, "total": 1000}, "a long list")
    for items, start, end in [((1, 2, 3), "(", ")"), ([1, 2, 3], "[", "]")]:
        found = c.shown(items, "%s1, 2, ...%s" % (start, end), items=2)
        c.equal(found["truncated"], {"shown": 2, "total": 3}, "items")
    found = c.shown({1: 2, 3: 4}, "{1: 2, ...}", items=1)
    c.equal(found["truncated"], {"shown": 1, "total": 2}, "a dict")
    found = c.shown(set([1, 2]), "set([1, ...])" if PY2 else "{1, ...}", items=1)
    c.equal(found["truncated"], {"shown": 1, "total": 2}, "a set")
    found = c.shown(collections.deque([1, 2]), "deque([1, ...])", items=1)
    c.equal(found["truncated"], {"shown": 1, "total": 2}, "a deque")
    found = c.shown("x" * 1000, "'%s'..." % ("x" * 256))
    c.equal(found["truncated"], {"shown": 256, "total": 1000}, "a long string")
    found = c.shown(bytearray(b"abcdef"), "bytearray(b'abc'...)", string=3)
    c.equal(found["truncated"], {"shown": 3, "total": 6}, "a bytearray")
    found = c.shown(["abcdef", [1, 2, 3]], "['abc'..., [1, 2, ...]]", string=3, items=2)
    c.equal(found["truncated"], {"nested": True}, "only inside")
    found = c.shown([[1, 2, 3]] * 3, "[[1, 2, ...], [1, 2, ...], ...]", items=2)
    c.equal(found["truncated"], {"shown": 2, "total": 3, "nested": True}, "outside and inside")
    for value in ("x" * 256, list(range(100)), [[[[1]]]]):
        c.true("truncated" not in c.decoder.value(value), "at the limit nothing is cut")
    check_depth(c)
    check_whole(c)


def check_depth(c):
    found = c.shown([[[[[1]]]]], "[[[[[...]]]]]")
    c.equal(found["truncated"], {"nested": True}, "depth")
    c.shown([[[[[], (), {}]]]], "[[[[[], (), {}]]]]")
    c.shown([((1,), {1: [2]})], "[((...), {...})]", depth=2)
    deep = []
    for _ in range(100000):
        deep = [deep]
    for depth in (1, 4, 32, 1000):
        c.shown(deep, "[" * min(depth, 32) + "[...]" + "]" * min(depth, 32), depth=depth)
    while deep:  # else its deallocation recurses
        deep = deep.pop()
    for make in (lambda inner: {1: inner}, lambda inner: (inner,), lambda inner: slice(inner, 1),
                 lambda inner: collections.deque([inner]), ValueError):
        value = None
        for _ in range(100):
            value = make(value)
        found = c.decoder.value(value, depth=32, repr=100000)
        c.true(found.get("truncated", {}).get("nested") is True, "deep: %r" % found)


def check_cycles(c):
    items = [1]
    items.append(items)
    found = c.shown(items, "[1, [...]]")
    c.equal(found["truncated"], {"nested": True}, "a cycle")
    table = {}
    table["self"] = table
    c.shown(table, "{'self': {...}}")
    pair = ([],)
    pair[0].append(pair)
    c.shown(pair, "([(...)],)")
    ring = collections.deque()
    ring.append(ring)
    c.shown(ring, "deque([deque([...])])")
    shared = [1]
    found = c.shown([shared, shared], "[[1], [1]]")
    c.true("truncated" not in found, "twice is no cycle")


def check_whole(c):
    value = [["y" * 200] * 100] * 100
    found = c.decoder.value(value)
    c.true(4000 < len(found["repr"]) < 4700, "the whole text is limited: %d" % len(found["repr"]))
    c.equal(found["truncated"]["nested"], True, "the whole text is limited")
    c.true(found["repr"].count("[") == found["repr"].count("]"), "brackets are closed")
    for limit in range(1, 60):
        found = c.decoder.value([["abc", {"k": (1, 2.5)}], u"\u4e2d", set([3])], repr=limit)
        c.true("truncated" in found or limit > 35, "limit %d: %r" % (limit, found))
        c.true(len(found["repr"]) < limit + 60, "limit %d: %r" % (limit, found))


def check_large(c):
    size = 1000000
    sparse = set(range(size))
    for i in range(10, size):
        sparse.discard(i)
    values = [list(range(size)), tuple(range(size)), dict.fromkeys(range(size)), set(range(size)),
              collections.deque(range(size)), "x" * 100 * size, bytearray(size), 1 << 8 * size, 7 ** 100000]
    for value in values + [sparse]:
        started = time.time()
        found = c.decoder.value(value)
        elapsed = time.time() - started
        c.true("error" not in found and elapsed < 0.1, "%s took %.3f s" % (type(value).__name__, elapsed))
        if value is not sparse:
            c.true("truncated" in found, type(value).__name__)
    empty = dict.fromkeys(range(size))
    for i in range(size):
        del empty[i]
    c.shown(empty, "{}")
    for i in range(3):
        empty[i] = i
    c.true("error" not in c.decoder.value(empty), "a dict that shrank")


def check(c, random):
    check_limits(c)
    check_cycles(c)
    check_large(c)
