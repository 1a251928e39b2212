"""Stands still a million calls deep, with a value of a gibibyte in each. For Python 3.12 and newer, where that takes no stack of C."""
import os
import sys

sys.setrecursionlimit(2_000_000)


def deep(calls, blob):
    if calls > 0:
        return deep(calls - 1, blob)
    os.write(1, b'ready\n')
    os.read(0, 1)


deep(1_000_000, bytes(1 << 30))
