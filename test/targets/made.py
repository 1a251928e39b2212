"""Makes functions all the time and throws them away, so that their code comes to lie where other code was. How they call
each other is known from their names.

  made.py names      outer_N at line 1 calls inner_N at line 2 + N % 5, all in the file <made>
  made.py lines      the same, but each outer is called outer
  made.py files      the file is <made N>, and outer is called outer
  made.py methods    outer is a method of Maker_N, and is called outer
  made.py recursion  a, b, c and d call each other, more or less deeply; each call has a line of its own
  made.py deep       descend calls itself 5,000 times, then spin

Prints "ready" when the first are made, and goes on until stdin ends; then says how much there was. `recursion` says
before that in JSON by "CALLER LINE" who is called there. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import itertools
import json
import random
import select
import sys
import time

wall = getattr(time, 'monotonic', time.time)
DEPTH = 5000
LONG = 0.002


def over():
    return select.select([0], [], [], 0)[0]


def source_of(kind, number):
    blank = '\n' * (number % 5)
    inner = 'def inner_%d():\n    spin(%r)\n' % (number, LONG)
    if kind == 'methods':
        return 'class Maker_%d(object):\n    def outer(self):\n%s        inner_%d()\nouter = Maker_%d().outer\n%s' % (
            number, blank, number, number, inner)
    name = 'outer_%d' % number if kind == 'names' else 'outer'
    return 'def %s():\n%s    inner_%d()\n%souter = %s\n' % (name, blank, number, inner, name)


def spin(seconds):
    end = wall() + seconds
    while wall() < end:
        pass


def make(kind, number):
    file = '<made %d>' % number if kind == 'files' else '<made>'
    names = {'spin': spin}
    exec(compile(source_of(kind, number), file, 'exec'), names)
    names['outer']()


def made(kind):
    for number in itertools.count():
        if over():
            return number
        make(kind, number)
        if number == 0:
            say('ready')


def say(text):
    print(text)
    sys.stdout.flush()


def recursion():
    names = {'spin': spin, 'chance': random.Random(1).random}
    calls = {}
    lines = []
    for name in 'abcd':
        lines.append('def %s(depth):' % name)
        lines.append('    if depth == 0: return spin(%r)' % LONG)
        lines.append('    which = chance()')
        for i, other in enumerate('abcd'):
            lines.append('    if which < %r: return %s(depth - 1)' % ((i + 1) / 4.0, other))
            calls['%s %d' % (name, len(lines))] = other
        calls['%s %d' % (name, len(lines) - 5)] = 'spin'
    exec(compile('\n'.join(lines) + '\n', '<made>', 'exec'), names)
    say(json.dumps(calls))
    count = 0
    while not over():
        names['abcd'[count % 4]](random.randrange(10, 90))
        count += 1
    return count


def descend(depth):
    if depth == 0:
        say('ready')
        while not over():
            spin(LONG)
        return 1
    return descend(depth - 1) + 1


def main(kind):
    if kind == 'recursion':
        return recursion()
    if kind == 'deep':
        sys.setrecursionlimit(2 * DEPTH)
        return descend(DEPTH - 1)
    return made(kind)


if __name__ == '__main__':
    print('made: %d' % main(sys.argv[1]))
