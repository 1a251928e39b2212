"""Names looked up in dicts of every size, and in such as cannot be gone through in time."""

from __future__ import print_function

import harness
from harness import address_of


class Thing(object):
    pass


def filled(random, count):
    thing = Thing()
    for number in range(count * 2):
        setattr(thing, "k%d" % random.getrandbits(40), number)
    for number, name in enumerate(list(vars(thing))):
        if number % 2:
            delattr(thing, name)
    return thing


def check_names(c, random):
    for count in (1, 3, 4, 5, 8, 15, 16, 50, 400, 40000):
        thing = filled(random, count)
        names = list(vars(thing))
        random.shuffle(names)
        for name in names[:500]:
            c.equal(c.decoder.attribute(thing, name), address_of(vars(thing)[name]), "the attribute %s" % name)
        for number in range(200):
            c.equal(c.decoder.attribute(thing, "missing%d" % number), None, "no attribute")


def check_sparse(c, random):
    sparse = dict.fromkeys(range(1500000))
    for number in range(1499999):
        del sparse[number]
    holes = set(range(1500000))
    holes -= set(range(1, 1500000))
    before = harness.cpu_time()
    values = [sparse, holes] * 20
    answer = harness.parse(sparse_dump(c, values))
    c.true(harness.cpu_time() - before < 1, "sparse tables are given up")
    messages = " ".join(warning["message"] for warning in answer["warnings"])
    c.true("sparse tables were not read to their end" in messages, "which is said: %s" % messages)


def sparse_dump(c, values):
    return c.decoder.dump()


def check(c, random):
    check_names(c, random)
    check_sparse(c, random)
