"""Stands still with frames that have much to tell: 40 calls, each with a list of ten thousand strings of its own."""
import os


def wide(calls):
    words = ['%0100d' % number for number in range(10000)]
    if calls > 0:
        return wide(calls - 1)
    os.write(1, b'ready\n')
    os.read(0, 1)
    return words


wide(40)
