"""Whole answers about this process: what is cut, and that it is said."""

from __future__ import print_function

import sys

import harness


def main_thread(answer):
    return [t for t in answer["threads"] if t["name"] == "MainThread"][0]


def messages(answer):
    return [warning["message"] for warning in answer["warnings"]]


def dump(c, flags=0, **limits):
    return harness.parse(c.decoder.dump(flags, **limits))


def function(source, name, filename="<string>", **namespace):
    namespace["__name__"] = "made"
    exec(compile(source, filename, "exec"), namespace)
    return namespace[name]


def check_frames(c):
    depth = len(main_thread(dump(c))["frames"])
    thread = main_thread(dump(c, frames=depth))
    c.equal((len(thread["frames"]), "framesTruncated" in thread), (depth, False), "a limit that all frames keep to")
    thread = main_thread(dump(c, frames=depth - 1))
    c.equal((len(thread["frames"]), thread["framesTruncated"]["shown"]), (depth - 1, depth - 1), "one frame too many")


def check_names(c):
    name, path = "f" * 5000, "/" + "p" * 5000
    answer = function("def %s(): return dump()" % name, name, path, dump=lambda: dump(c))()
    frame = [f for f in main_thread(answer)["frames"] if f["module"] == "made"][0]
    c.equal(frame["function"], name[:4096] + "...", "a long name")
    c.equal(frame["file"], path[:4096] + "...", "a long path")
    c.true("a very long name is cut" in " ".join(messages(answer)), "a name that is cut is said")


def check_variables(c):
    def with_many(a, b, c, d):
        return dump(decoder, harness.LOCALS, variables=3)

    decoder = c
    frame = [f for f in main_thread(with_many(1, 2, 3, 4))["frames"] if f["function"] == "with_many"][0]
    c.equal((len(frame["variables"]), frame["variablesTruncated"]), (3, {"shown": 3, "total": 5}), "limit of variables")


def check_modules(c):
    many = 4200
    answer = []
    last = function("def f(): answer.append(dump())", "f", dump=lambda: dump(c, harness.GLOBALS, frames=10000, variables=1),
                    answer=answer)
    for _ in range(many):
        last = function("def f(): g()", "f", g=last)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20000)
    last()
    sys.setrecursionlimit(limit)
    c.equal(len(answer[0]["modules"]), 4096, "modules")
    c.true("globals of the others are left out" in " ".join(messages(answer[0])), "modules left out are said")


def check(c, random):
    check_frames(c)
    check_names(c)
    check_variables(c)
    check_modules(c)
