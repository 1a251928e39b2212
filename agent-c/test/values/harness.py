"""Loads the agent's decoder into this very Python and compares what it says with what Python says.

Runs on 2.7 and on every 3.x.
"""

from __future__ import print_function

import collections
import ctypes
import datetime
import json
import os
import sys

PY2 = sys.version_info[0] == 2
VERSION = sys.version_info[:2]
chr = unichr if PY2 else chr  # noqa: F821

#: What a repr may name.
NAMES = {"inf": float("inf"), "nan": float("nan"), "datetime": datetime, "deque": collections.deque}


class Limits(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_uint32)
        for name in "threads frames depth items string repr variables warnings answer".split()
    ]


#: enum sleeper_request_flags
LOCALS, GLOBALS = 1, 2

#: Large enough to cut nothing that the tests of equality print.
WIDE = dict(depth=32, items=100000, string=1000000, repr=10000000)


class Decoder(object):
    def __init__(self, path):
        # PyDLL: the GIL is held, so nothing changes while it is read, as in a stopped process.
        library = ctypes.PyDLL(path)
        self.library = library
        pointer = ctypes.c_size_t
        library.sleeper_test_value.restype = ctypes.c_char_p
        library.sleeper_test_value.argtypes = [pointer, ctypes.POINTER(Limits)]
        library.sleeper_test_damaged.restype = ctypes.c_char_p
        library.sleeper_test_damaged.argtypes = [
            pointer, ctypes.POINTER(Limits), pointer, ctypes.c_uint64, ctypes.c_char_p]
        library.sleeper_test_lock_behind.restype = pointer
        library.sleeper_test_lock_behind.argtypes = [pointer]
        library.sleeper_test_text.restype = ctypes.c_char_p
        library.sleeper_test_text.argtypes = [pointer, ctypes.c_uint32]
        library.sleeper_test_string.argtypes = [pointer, ctypes.c_char_p, ctypes.c_size_t]
        library.sleeper_test_attribute.argtypes = [pointer, ctypes.c_char_p, ctypes.POINTER(pointer)]
        library.sleeper_test_dump.restype = ctypes.c_char_p
        library.sleeper_test_dump.argtypes = [
            ctypes.c_uint32, ctypes.POINTER(Limits), pointer, ctypes.c_uint64]

    def json_at(self, address, **limits):
        return self.library.sleeper_test_value(address, ctypes.byref(Limits(**limits)))

    def at(self, address, **limits):
        return parse(self.json_at(address, **limits))

    def value(self, obj, **limits):
        return self.at(address_of(obj), **limits)

    def dump(self, flags=LOCALS, sockets=(), **limits):
        """The answer to a dump request, as bytes."""
        fds = (ctypes.c_int32 * max(1, len(sockets)))(*sockets)
        return self.library.sleeper_test_dump(
            flags, ctypes.byref(Limits(**limits)), ctypes.addressof(fds), len(sockets))

    def lock_behind(self, obj):
        return self.lock_behind_address(address_of(obj))

    def lock_behind_address(self, address):
        return self.library.sleeper_test_lock_behind(address)

    def text(self, obj, max=100000):
        return parse(self.library.sleeper_test_text(address_of(obj), max))["text"]

    def string(self, obj, size):
        out = ctypes.create_string_buffer(size)
        if not self.library.sleeper_test_string(address_of(obj), out, size):
            return None
        return out.value

    def attribute(self, obj, name):
        found = ctypes.c_size_t()
        ok = self.library.sleeper_test_attribute(address_of(obj), name.encode(), ctypes.byref(found))
        return found.value if ok else None


def cpu_time():
    """Seconds of this process, so that what else the machine does is no slowness of ours."""
    return sum(os.times()[:2])


def address_of(obj):
    return id(obj) % (1 << 64)


def parse(answer):
    return json.loads(answer.decode("utf-8"))


class Checks(object):
    """Counts what was checked and keeps the first failures."""

    def __init__(self, decoder):
        self.decoder = decoder
        self.count = 0
        self.failures = []

    def fail(self, message, *args):
        self.failures.append(message % args if args else message)

    def equal(self, found, expected, what):
        self.count += 1
        if found != expected:
            self.fail("%s: found %r, expected %r", what, found, expected)

    def true(self, condition, what):
        self.count += 1
        if not condition:
            self.fail("%s", what)

    def shown(self, obj, expected, **limits):
        """Is this the text of the value?"""
        found = self.decoder.value(obj, **limits)
        self.equal(found.get("repr", found), expected, "the text of %s" % type(obj).__name__)
        return found

    def shown_as_python_does(self, obj, evaluate=True):
        expected = repr(obj)
        found = self.decoder.value(obj, **WIDE)
        self.count += 1
        if found.get("how") != "raw" or "truncated" in found or "error" in found:
            self.fail("%s: %r", expected[:200], found)
            return
        text = found["repr"]
        if PY2:
            expected = expected.decode("ascii")
        if text != expected:
            self.fail("found %s, expected %s", text[:300], expected[:300])
        elif evaluate and not same(eval(text, dict(NAMES)), obj):
            self.fail("%s: evaluates to something else", text[:300])


def same(left, right):
    """Equality under which nan equals nan, and types and signs of zero count."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return repr(left) == repr(right)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, complex):
        return repr(left) == repr(right)
    return left == right
