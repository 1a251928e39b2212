"""Greenlets in every state, and what greenlet itself says of them: a line of JSON, then it waits for the end
of its standard input. Whatever may be switched out is: the one that waits is the innermost.

greenlets.py [THREADS]   each further thread has the same set of greenlets"""

from __future__ import print_function

import json
import sys
import threading

import greenlet

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 0
kept = []
reports = []


class Named(greenlet.greenlet):
    def __init__(self, name, run):
        greenlet.greenlet.__init__(self, run)
        self.name = name


def pause(what):
    return greenlet.getcurrent().parent.switch(what)


def deep(levels, word):
    if levels == 0:
        return pause(word)
    return deep(levels - 1, word)


class Through(object):
    """Calls from C: each has an interpreter loop of its own."""

    def __init__(self, word):
        self.word = word

    def __iter__(self):
        return self

    def __next__(self):
        return pause(self.word)

    next = __next__


def through_c(word):
    return list(map(lambda each: sorted([each], key=lambda _: max(Through(each))), [word]))


def generate(word):
    for number in range(3):
        if number == 2:
            pause(word)
        yield number


def in_generator(word):
    return sum(generate(word))


def handles(word):
    try:
        raise KeyError(word)
    except KeyError:
        pause(word)


def spawns(word):
    inner = Named("inner of " + word, deep)
    kept.append(inner)
    inner.switch(2, word)
    pause(word)


def ends():
    return 1


def frames_of(frame):
    found = []
    while frame is not None:
        found.append([frame.f_code.co_name, frame.f_lineno])
        frame = frame.f_back
    return found


def describe(each):
    return {
        "address": hex(id(each)).rstrip("L"),
        "name": getattr(each, "name", None),
        "dead": each.dead,
        "started": bool(each) or each.dead,
        "parent": None if each.parent is None else hex(id(each.parent)).rstrip("L"),
        "main": each.parent is None,
        "thread": threading.current_thread().ident,
        "frames": frames_of(each.gr_frame),
    }


def make(prefix):
    made = [
        Named(prefix + "deep", deep),
        Named(prefix + "through C", through_c),
        Named(prefix + "generator", in_generator),
        Named(prefix + "handles", handles),
        Named(prefix + "spawns", spawns),
        Named(prefix + "ended", ends),
        Named(prefix + "not started", deep),
    ]
    made[0].switch(5, "word")
    for each in made[1:5]:
        each.switch("word")
    made[5].switch()
    kept.extend(made)
    return made


def tell(mine, main):
    """Runs in a greenlet of its own, so that the main one is switched out, too."""
    waiting = greenlet.getcurrent()
    mine.extend(each for each in kept if each.parent is waiting.parent or each.parent in mine)
    mine.append(main)
    described = dict((id(each), describe(each)) for each in mine)
    reports.append(list(described.values()) + [dict(describe(waiting), running=True)])
    if main is main_of_all:
        for each in threads:
            each.start()
        for _ in threads:
            arrived.acquire()
        print(json.dumps({"version": greenlet.__version__, "greenlets": sum(reports, [])}))
        sys.stdout.flush()
        sys.stdin.read()
        over.set()
    else:
        arrived.release()
        over.wait()


def everything(prefix):
    main = greenlet.getcurrent()
    mine = make(prefix)
    Named(prefix + "waiting", tell).switch(mine, main)
    # Each goes on from where it was.
    for each in mine[:5]:
        assert not each.dead
        each.throw(greenlet.GreenletExit)
        assert each.dead, each.name


arrived = threading.Semaphore(0)
over = threading.Event()
threads = [threading.Thread(target=everything, args=("thread %d " % number,)) for number in range(THREADS)]
main_of_all = greenlet.getcurrent()
everything("")
for each in threads:
    each.join()
print("done")
