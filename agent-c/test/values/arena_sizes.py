"""Prints a line with the whole answer of the agent for this process, then one a line out of smaller and smaller arenas:
arena_sizes.py LIBRARY
"""

from __future__ import print_function

import socket
import sys
import threading

import harness

#: What the agent keeps free at the end of the arena, and room for what every answer begins with. It takes no less.
LEAST = (66 << 10) + 800
STEPS = 200


class Place(object):
    def __init__(self, number):
        self.number = number
        self.lock = threading.Lock()


def stand(depth, never):
    place = Place(depth)
    text = u"h\xe9llo \u20ac %d" % depth
    with place.lock:
        if depth > 0:
            stand(depth - 1, never)
        else:
            try:
                raise ValueError(text)
            except ValueError:
                standing.append(depth)  # neither calls anything in Python: the frames stay as they are from here on
                never.acquire()


standing = []


def main():
    decoder = harness.Decoder(sys.argv[1])
    never = threading.Lock()
    never.acquire()
    threads = 4
    for number in range(threads):
        thread = threading.Thread(target=stand, args=(3, never), name="Thread %d" % number)
        thread.daemon = True
        thread.start()
    while len(standing) < threads:
        pass
    ends = [socket.socketpair() for _ in range(3)]
    sockets = [end.fileno() for pair in ends for end in pair]

    def answer(most):
        return decoder.dump(harness.LOCALS | harness.GLOBALS, sockets, answer=most)

    out = getattr(sys.stdout, "buffer", sys.stdout)
    whole = answer(0)
    out.write(whole + b"\n")
    most = LEAST + len(whole) + 1000
    for step in range(STEPS):
        out.write(answer(most - (most - LEAST) * step // (STEPS - 1)) + b"\n")
    out.write(answer(1) + b"\n")
    never.release()


if __name__ == "__main__":
    main()
