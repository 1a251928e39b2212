"""A process to be sampled: one thread that works, and knows of each moment in which of two functions it was; and idle
ones, ten frames deep.

Argument: the number of idle threads. For each line read from stdin it prints as JSON what it did since the line before:
seconds, work done, seconds in `heavy`, and the gaps in its own running, in milliseconds, longest first. Python 3.6 or
later.
"""
import gc
import json
import os
import random
import sys
import threading
import time

clock = time.perf_counter
chance = random.Random(1)
never, never_written = os.pipe()
asked = []
gaps = []
# Far longer than a turn of the loop, far shorter than any stop.
LEAST_GAP = 0.00005
MOST_GAPS = 5000


def idle_deeper(depth):
    if depth:
        idle_deeper(depth - 1)
    else:
        os.read(never, 1)


def listen():
    for line in sys.stdin:
        asked.append(line)
    os._exit(0)


def work(until):
    done = 0
    last = clock()
    while last < until:
        now = clock()
        if now - last > LEAST_GAP:
            gaps.append(now - last)
        last = now
        done += 1
    return done


def heavy(seconds):
    return work(clock() + seconds)


def light(seconds):
    return work(clock() + seconds)


def tell(begin, done, in_heavy):
    longest = sorted(gaps, reverse=True)[:MOST_GAPS]
    print(json.dumps({'seconds': clock() - begin, 'work': done, 'heavy': in_heavy,
                      'gapsMs': [gap * 1000 for gap in longest]}))
    sys.stdout.flush()
    del gaps[:]


def main():
    begin, done, in_heavy = clock(), 0, 0.0
    while True:
        # Turns of all lengths: nothing that comes at a fixed interval meets always the same.
        seconds = chance.uniform(0.001, 0.009)
        before = clock()
        if chance.random() < 0.7:
            done += heavy(seconds)
            in_heavy += clock() - before
        else:
            done += light(seconds)
        if asked:
            asked.pop()
            tell(begin, done, in_heavy)
            begin, done, in_heavy = clock(), 0, 0.0


if __name__ == '__main__':
    for _ in range(int(sys.argv[1])):
        threading.Thread(target=idle_deeper, args=(9,), daemon=True).start()
    threading.Thread(target=listen, daemon=True).start()
    gc.disable()
    print('ready')
    sys.stdout.flush()
    main()
