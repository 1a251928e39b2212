"""Greenlets that switch all the time, at all depths, and end and begin: each has the frames main, run, down, ...,
down, leaf, and a leaf is at depth `depth`. Counts to be checked at the end. Ends with its standard input."""

import gc
import random
import select
import sys

import greenlet

total = 0
expected = 0


def leaf(depth, number):
    global total
    for _ in range(number % 5 + 1):
        total += depth
        greenlet.getcurrent().parent.switch(depth)


def down(depth, left, number):
    if left == 0:
        leaf(depth, number)
    else:
        down(depth, left - 1, number)


def run(depth, number):
    # Some by a call from C, so that frames of the interpreter lie on the C stack.
    if number % 2:
        down(depth, depth, number)
    else:
        list(map(down, [depth], [depth], [number]))


def main():
    global expected
    randomly = random.Random(1)
    print("ready")
    sys.stdout.flush()
    living = []
    number = 0
    while living or not select.select([0], [], [], 0)[0]:
        number += 1
        if len(living) < 30 and not select.select([0], [], [], 0)[0]:
            depth = number % 7
            each = greenlet.greenlet(run)
            expected += depth * (number % 5 + 1)
            living.append(each)
            each.switch(depth, number)
        if living:
            one = randomly.choice(living)
            one.switch()
            if one.dead:
                living.remove(one)
        if number % 1000 == 0:
            gc.collect()
    print("right" if total == expected else "wrong: %d, not %d" % (total, expected))


main()
