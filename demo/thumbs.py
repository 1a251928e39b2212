"""Makes small pictures of large ones, or something like it, and spends its time in functions of C. For recordings.

usage: thumbs.py [SECONDS]   without it, until it is ended
"""

import random
import sys
import time
import zlib

chance = random.Random(7)
PICTURES = [chance.randbytes(40000) * 2 for _ in range(20)]


def weigh(picture):
    return len(zlib.compress(picture))


def pack(pictures):
    return sorted(pictures, key=weigh)


def main():
    until = time.monotonic() + (float(sys.argv[1]) if len(sys.argv) > 1 else float("inf"))
    while time.monotonic() < until:
        pack(PICTURES)


if __name__ == "__main__":
    main()
