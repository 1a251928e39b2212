"""Numbers, text, and containers of them: equal to repr(), and eval() gives the value back."""

from __future__ import print_function

import datetime
import struct
import sys
from collections import deque

from harness import PY2, WIDE, chr

inf, nan = float("inf"), float("nan")

FLOATS = [
    0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, 1e15, 1e16, 1e17, 123456789012345678.0, 1e-4, 1e-5, 0.0001234, 1e22, 1e23,
    5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308, inf, -inf, nan, -nan,
    9007199254740992.0, 9007199254740993.0, 4503599627370496.5, 2.0 ** 1023, 0.30000000000000004, 8.41e21,
    2.0 ** -44, 9.5e-323, 1e100, 1e-100, 299792458.0, 3.14159, 9999999999999998.0, 5e15, 2.5, 1e9, 1e10,
]


def random_float(random):
    kind = random.random()
    if kind < 0.5:
        return struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0]
    if kind < 0.7:
        return random.uniform(-1000, 1000)
    if kind < 0.8:
        return round(random.uniform(-10, 10), random.randrange(5))
    if kind < 0.9:
        return 2.0 ** random.randrange(-1074, 1024) * random.choice([1, -1])
    return float("%de%d" % (random.getrandbits(random.randrange(1, 60)), random.randrange(-330, 300)))


def check_numbers(c, random):
    for number in FLOATS + [random_float(random) for _ in range(5000)]:
        c.shown_as_python_does(number)
    for exponent in range(-1074, 1024):
        c.shown_as_python_does(2.0 ** exponent)
        c.shown_as_python_does(float("1e%d" % (exponent * 308 // 1074)))
    parts = [0.0, -0.0, 1.0, -2.5, inf, -inf, nan, 1e300, 1e-7, 3.0]
    for real in parts:
        for imaginary in parts:
            c.shown_as_python_does(complex(real, imaginary), evaluate=False)
    for _ in range(500):
        c.shown_as_python_does(complex(random_float(random), random_float(random)), evaluate=False)
    for number in [None, True, False, Ellipsis, NotImplemented]:
        c.shown_as_python_does(number)
    check_ints(c, random)


def check_ints(c, random):
    for bits in list(range(0, 130)) + [1000, 4000, 4095]:
        for delta in (-1, 0, 1):
            for sign in (1, -1):
                c.shown_as_python_does(sign * ((1 << bits) + delta))
    for _ in range(1000):
        number = random.getrandbits(random.randrange(1, 200)) * random.choice([1, -1])
        c.shown_as_python_does(number)
        if PY2:
            c.shown_as_python_does(long(number))  # noqa: F821
    for _ in range(100):
        c.shown_as_python_does(random.getrandbits(random.randrange(1000, 4096)))
    c.shown_as_python_does(10 ** 1000)
    c.shown_as_python_does((1 << 4096) - 1)
    # Too many bits for decimal: hexadecimal, whole or cut.
    for number in [1 << 4096, -(1 << 5000) + 12345, 7 ** 5000]:
        found = c.decoder.value(number, **WIDE)
        c.equal(found["repr"], hex(number), "a large int")
        c.true("truncated" not in found, "a large int is not cut")
    found = c.decoder.value(0x1F << 8000)
    c.equal(found["repr"], "0x1f" + "0" * 254 + "... (8005 bits)", "a cut int")
    c.equal(found["truncated"], {"shown": 256, "total": 2002}, "a cut int")
    found = c.decoder.value([10 ** 1000], repr=100)
    c.true(found["repr"].startswith("[1000000000") and len(found["repr"]) < 140, "an int is cut to the whole limit")
    c.equal(found["truncated"], {"nested": True}, "an int in a list is cut")


def known_characters():
    """The characters that the running Python's and the newest Unicode agree on."""
    import unicodedata

    return [chr(c) for c in range(min(sys.maxunicode, 0x2FFFF) + 1)
            if unicodedata.category(chr(c)) != "Cn" or c & 0xFFFE == 0xFFFE]


def random_text(random, characters):
    alphabet = random.choice([
        [chr(c) for c in range(128)], [chr(c) for c in range(256)], [chr(c) for c in range(32, 127)],
        list(u"'\"\\ab\n\t\r"), characters, list(u"\u200e\u202e\u2028\u2029\ud800\udfff\ue000\ufeff\x1b\x9b\u00e9\u4e2d"),
        list(u"a\U0001f600\U0001f4a9"),
    ])
    return u"".join(random.choice(alphabet) for _ in range(random.randrange(0, 40)))


def check_text(c, random):
    characters = known_characters()
    for start in range(0, len(characters), 500):
        c.shown_as_python_does(u"".join(characters[start:start + 500]))
    for _ in range(2000):
        text = random_text(random, characters)
        c.shown_as_python_does(text)
        data = bytes(bytearray(random.randrange(256) for _ in range(random.randrange(30))))
        c.shown_as_python_does(data)
        c.shown_as_python_does(bytearray(data))
    for text in [u"", u"'", u'"', u"'\"", u"it's", u"\\", u"\0", u"\x7f", u"\x80", u"\xad", u"\U0010ffff", u"caf\xe9"]:
        c.shown_as_python_does(text)
    for data in [b"", b"'", b'"', b"'\"", b"it's", b"\x00\xff", b"\t\n\r\x0b"]:
        c.shown_as_python_does(data)
        c.shown_as_python_does(bytearray(data))
    removed = bytearray(b"0123456789")
    del removed[:3]  # the start moves on in the same block
    c.shown_as_python_does(removed)
    check_texts_of_names(c)


def check_texts_of_names(c):
    for text in [u"", u"name", u"caf\xe9", u"\u4e2d\u6587", u"\U0001f600 x", u"tab\t\"quote\""]:
        c.equal(c.decoder.text(text), text, "the whole text")
        c.equal(c.decoder.string(text, 100), text.encode("utf-8"), "the text as UTF-8")
    c.equal(c.decoder.text(u"\ud800x"), u"\ud800x", "a lone surrogate")
    c.equal(c.decoder.string(u"\ud800x", 100), b"\xef\xbf\xbdx", "a lone surrogate as UTF-8")
    c.equal(c.decoder.string(u"\xe9\xe9\xe9", 4), b"\xc3\xa9", "cut at a character")
    c.equal(c.decoder.text(u"abcdef", 3), u"abc...", "cut to the limit")
    c.equal(c.decoder.text(12), None, "an int is no text")
    c.equal(c.decoder.string(None, 100), None, "None is no text")
    if PY2:
        c.equal(c.decoder.text("caf\xc3\xa9"), u"caf\xe9", "UTF-8 in a str")
        c.equal(c.decoder.text("caf\xe9!"), u"caf\ufffd!", "Latin-1 in a str")
    else:
        c.equal(c.decoder.text(b"abc"), None, "bytes are no text")


def random_value(random, depth, characters, hashable=False):
    kind = random.randrange(6 if depth <= 0 else 10 if hashable else 13)
    inner = [random_value(random, depth - 1, characters, hashable or kind in (9, 12))
             for _ in range(random.randrange(5))] if kind >= 8 else []
    if kind == 0:
        return random.choice([None, True, False, Ellipsis])
    if kind == 1:
        return random.getrandbits(random.randrange(1, 80)) - (1 << 20)
    if kind == 2:
        return random_float(random)
    if kind in (3, 4):
        return random_text(random, characters)
    if kind == 5:
        return bytes(bytearray(random.randrange(256) for _ in range(random.randrange(10))))
    if kind == 8:
        return tuple(inner)
    if kind == 9:
        return frozenset(inner)
    if kind == 10:
        return inner
    if kind == 11:
        keys = [random_value(random, depth - 2, characters, True) for _ in inner]
        return dict(zip(keys, inner))
    if kind == 12:
        return set(inner)
    return random.randrange(100)


def check_containers(c, random):
    characters = [chr(i) for i in range(0x20, 0x17F)]
    for _ in range(1000):
        # Sets and frozensets compare by their elements, which may hold a nan: no eval there.
        c.shown_as_python_does(random_value(random, 5, characters), evaluate=False)
    for value in [[], (), {}, set(), frozenset(), [1], (1,), {1: 2}, set([1]), frozenset([1]), [[]], ((),), [(), {}],
                  {(): []}, list(range(200)), tuple(range(200)), dict.fromkeys(range(300), "x"), set(range(300)),
                  {"a": 1, 2: "b", None: 3.5}, dict((str(i), i) for i in range(2000)), set(map(str, range(2000)))]:
        c.shown_as_python_does(value)
    check_tables(c, random)
    check_slices_and_ranges(c, random)


def check_tables(c, random):
    for _ in range(200):
        table, elements = {}, set()
        for _ in range(random.randrange(100)):
            key = random.choice([random.randrange(50), str(random.randrange(50))])
            if random.random() < 0.6:
                table[key] = random.random()
                elements.add(key)
            else:
                table.pop(key, None)
                elements.discard(key)
        c.shown_as_python_does(table)
        c.shown_as_python_does(elements)
    for size in (127, 255, 256, 257, 65535, 65536, 70000):  # around each width of the index
        table = dict((i, None) for i in range(size))
        del table[size // 2]
        c.shown_as_python_does(table, evaluate=False)
    for size in (0, 1, 63, 64, 65, 127, 128, 200):
        for start in (0, 1, 31, 40, 62):
            items = deque(range(start + size))
            for _ in range(start):
                items.popleft()
            c.shown_as_python_does(items)
            c.shown_as_python_does(deque(items, maxlen=size + 1))


def check_slices_and_ranges(c, random):
    bounds = [None, 0, 1, -5, 10 ** 6]
    for start in bounds:
        for stop in bounds:
            for step in bounds:
                c.shown_as_python_does(slice(start, stop, step))
    c.shown_as_python_does(slice("a", 1.5, (1, 2)))
    kind = xrange if PY2 else range  # noqa: F821
    for start in (0, 3, -3):
        for stop in (0, 5, -7, 1000):
            for step in (1, 2, -1, -3):
                c.shown_as_python_does(kind(start, stop, step), evaluate=not PY2)
    if not PY2:
        c.shown_as_python_does(range(10 ** 30, 10 ** 31, 7))


def check_dates(c, random):
    from datetime import date, time, timedelta

    class Zone(datetime.tzinfo):
        pass

    for _ in range(300):
        micro = random.choice([0, 0, 1, 999999, random.randrange(1000000)])
        second = random.choice([0, random.randrange(60)])
        clock = (random.randrange(24), random.randrange(60), second, micro)
        day = (random.randrange(1, 10000), random.randrange(1, 13), random.randrange(1, 29))
        c.shown_as_python_does(date(*day))
        c.shown_as_python_does(time(*clock))
        c.shown_as_python_does(datetime.datetime(*(day + clock)))
        c.shown_as_python_does(timedelta(random.randrange(-1000, 1000), second, micro))
    for delta in [timedelta(0), timedelta(1), timedelta(0, 1), timedelta(0, 0, 1), timedelta(-1), timedelta(1, 0, 1)]:
        c.shown_as_python_does(delta)
    zoned = c.decoder.value(datetime.datetime(2020, 1, 2, tzinfo=Zone()))["repr"]
    c.true(zoned.startswith("datetime.datetime(2020, 1, 2, 0, 0, tzinfo=<test_numbers."), zoned)
    if PY2:
        return
    from datetime import timezone

    zones = [timezone.utc, timezone(timedelta(hours=2)), timezone(timedelta(hours=-3), "XY"),
             timezone(timedelta(0), "Z"), timezone(timedelta(0))]
    for zone in zones:
        c.shown_as_python_does(zone)
        for fold in (0, 1):
            c.shown_as_python_does(datetime.datetime(2020, 1, 2, 3, 4, 5, 6, zone, fold=fold))
            c.shown_as_python_does(time(3, 4, tzinfo=zone, fold=fold))


def check(c, random):
    check_numbers(c, random)
    check_text(c, random)
    check_containers(c, random)
    check_dates(c, random)
