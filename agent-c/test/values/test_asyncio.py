"""The tasks of asyncio: compared with what asyncio says of them."""

from __future__ import print_function

import ctypes
import sys
import threading

import harness

if sys.version_info >= (3, 6):
    import asyncio

    import asyncio_scenes as scenes


def at(obj):
    return "0x%x" % harness.address_of(obj)


def answer(c, flags=0, **limits):
    return harness.parse(c.decoder.dump(flags, **limits))


def pending(loop):
    if sys.version_info >= (3, 14):  # there it is about those in C only
        return asyncio.all_tasks(loop) | asyncio.tasks._py_all_tasks(loop)
    if sys.version_info >= (3, 7):
        return asyncio.all_tasks(loop)
    tasks = asyncio.Task.all_tasks(loop) | asyncio.tasks._PyTask.all_tasks(loop)
    return {task for task in tasks if not task.done()}


def current(loop):
    if sys.version_info >= (3, 14):
        return asyncio.current_task(loop) or asyncio.tasks._py_current_task(loop)
    if sys.version_info >= (3, 7):
        return asyncio.current_task(loop)
    return asyncio.Task.current_task(loop) or asyncio.tasks._PyTask.current_task(loop)


def name_of(task):
    return task.get_name() if hasattr(task, "get_name") else None


def chain(obj):
    """The frames of the coroutines that wait for each other as far as Python says, outermost first, and whether
    that is all."""
    frames = []
    while obj is not None:
        if type(obj).__name__ == "CoroWrapper":  # the debug mode of 3.6
            obj = obj.gen
        for frame, awaited in (("cr_frame", "cr_await"), ("gi_frame", "gi_yieldfrom"), ("ag_frame", "ag_await")):
            if hasattr(obj, frame):
                frames.append(getattr(obj, frame))
                obj = getattr(obj, awaited)
                break
        else:
            return frames, type(obj).__name__ in ("FutureIter", "Future", "Task")
    return frames, True


def place(frame):
    return (frame.f_code.co_name, frame.f_code.co_filename, frame.f_lineno)


def told_place(frame):
    return (frame["function"], frame["file"], frame["line"])


def expected_waits(task):
    future = task._fut_waiter
    if future is None:
        return None
    is_task = hasattr(future, "_coro")
    return {"address": at(future), "type": type(future).__name__, "task": is_task, "state": future._state.lower()}


def check_task(c, told, task, loop):
    name = repr(name_of(task))
    c.equal(told["name"], name_of(task), "the name of a task")
    c.equal(told["type"], type(task).__name__, "the type of " + name)
    c.equal(told["coroutine"], getattr(task._coro, "gen", task._coro).__qualname__, "the coroutine of " + name)
    c.equal((told["loop"], told["ident"]), (at(loop), threading.get_ident()), "the loop of " + name)
    c.equal(told["running"], task is current(loop), "whether it runs: " + name)
    c.equal(told["waitsFor"], expected_waits(task), "what it waits for: " + name)
    c.equal(told["awaited"], bool(task._callbacks), "whether anybody awaits it: " + name)
    created = getattr(task, "_source_traceback", None)
    if created:
        expected = [(each.name, each.filename, each.lineno) for each in created][::-1][:16]
        c.equal([told_place(each) for each in told.get("created", [])], expected, "where it was created: " + name)
    else:
        c.true("created" not in told, "where it was created is not known: " + name)
    frames, whole = chain(task._coro)
    if told["running"]:
        c.equal(told["frames"], [], "the frames of the one that runs")
    else:
        found = [told_place(frame) for frame in reversed(told["frames"])]
        expected = [place(frame) for frame in frames]
        c.equal(found if whole else found[:len(expected)], expected, "the frames of " + name)


def check_scenes(c, told, without=()):
    """What the functions of asyncio_scenes noted themselves."""
    for name, frames in scenes.FRAMES.items():
        if name in without:
            continue
        task = told[at(scenes.NAMED[name])]
        found = [told_place(frame) for frame in reversed(task["frames"]) if frame["file"] == scenes.__file__]
        c.equal(found, [place(frame) for frame in frames], "the frames in the scene " + name)
    waited = {}
    for task in told.values():
        for future in task["completes"]:
            waited.setdefault(future, []).append(task["address"])

    def waits_for(name, *others):
        future = told[at(scenes.NAMED[name])]["waitsFor"]
        found = [future["address"]] if future["task"] else waited.get(future["address"], [])
        c.equal(sorted(found), sorted(at(scenes.NAMED[other]) for other in others), "the tasks that %s waits for" % name)

    for name in ("gather", "gather_twice", "wait"):
        waits_for(name, "queue", "task")
    waits_for("shield", "queue")
    waits_for("task", "queue")
    for name in ("queue", "locked", "sleep", "deep"):
        waits_for(name)
    there = set(scenes.NAMED) - set(without)
    if "group" in there:
        waits_for("group", "member 1", "member 2")
    for name in there & {"in_timeout", "with_limit"}:
        waits_for(name, "task")
    limited = {name for name in there if told[at(scenes.NAMED[name])]["timeout"]}
    # wait_for() is made of timeout() from 3.12 on.
    expected = {"in_timeout", "with_limit"} if sys.version_info >= (3, 12) else {"in_timeout"}
    c.equal(limited, expected & there, "who is in a timeout")


def compare(c, loop):
    whole = answer(c)
    told = {task.get("address"): task for task in whole["tasks"]}
    tasks = pending(loop)
    c.equal(sorted(told), sorted(at(task) for task in tasks), "the tasks that there are")
    c.equal(len(whole["tasks"]), len(tasks), "each of them once")
    c.equal([warning for warning in whole["warnings"] if warning["where"] == "tasks"], [], "warnings")
    for task in tasks:
        check_task(c, told[at(task)], task, loop)
    return told


def run(c, look, debug=False, factory=None):
    """Starts the tasks in a loop, calls `look` in one of them, and ends them all."""
    scenes.FRAMES.clear()
    scenes.NAMED.clear()
    loop = asyncio.new_event_loop()
    loop.set_debug(debug)
    loop.set_task_factory(factory)
    loop.set_exception_handler(lambda loop, context: None)  # what is wrong shows in the checks
    asyncio.set_event_loop(loop)

    # That a loop in debug mode finds tasks slow that were looked at is no news.
    loop.slow_callback_duration = 1000
    loop.run_until_complete(scenes.stage(loop, lambda: look(loop)))
    loop.close()
    asyncio.set_event_loop(None)


def check_limits(c):
    """Of many tasks so many are told; the others are counted."""
    def look(deep):
        whole = answer(c)
        c.equal((len(whole["tasks"]), whole.get("tasksTruncated")), (1000, {"shown": 1000, "total": 1235}), "many tasks")

    def look_afterwards(deep):
        told = {task["address"]: task for task in answer(c, frames=5)["tasks"]}[at(deep)]
        c.equal((len(told["frames"]), told["framesTruncated"]), (5, {"shown": 5}), "many frames")
        c.equal(told_place(told["frames"][0]), place(chain(deep._coro)[0][-1]), "the innermost ones")

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(scenes.crowd(loop, 1233, look, look_afterwards))
    loop.close()
    asyncio.set_event_loop(None)


def check_variables(c, loop):
    told = {task["address"]: task for task in answer(c, harness.LOCALS)["tasks"]}
    frame = told[at(scenes.NAMED["queue"])]["frames"][-1]
    names = {variable["name"]: variable for variable in frame["variables"]}
    c.equal(names["name"]["repr"], "'queue'", "a variable of a task's frame")
    c.equal(names["queue"]["type"], "Queue", "another one")


def check_texts(c, loop):
    """What is shown of tasks, futures and coroutines where they are values."""
    task = scenes.NAMED["task"]
    name = " 'task'" if hasattr(task, "get_name") else ""
    text = "<_asyncio.Task%s pending at %s>" % (name, at(task))
    c.shown(task, text)
    future = loop.create_future()
    c.shown(future, "<_asyncio.Future pending at %s>" % at(future))
    future.cancel()
    c.shown(future, "<_asyncio.Future cancelled at %s>" % at(future))
    done = loop.create_future()
    done.set_result(7)
    c.shown(done, "<_asyncio.Future finished at %s>" % at(done))
    coroutine = scenes.NAMED["gather"]._coro
    text = c.decoder.value(coroutine, depth=8)["repr"]
    waiter = scenes.NAMED["gather"]._fut_waiter
    c.true("waits for <asyncio.tasks._GatheringFuture pending at %s>" % at(waiter) in text, "what a coroutine waits for: " + text)
    outer = scenes.NAMED["queue"]._coro
    inner = outer.cr_await
    text = c.decoder.value(outer, depth=8)["repr"]
    start = "<coroutine object wait_for_queue at %s, suspended at line %d, waits for <coroutine object take at %s, " % (
        at(outer), outer.cr_frame.f_lineno, at(inner))
    c.true(text.startswith(start), "a coroutine that waits for a coroutine: " + text)


def check_damage(c, loop, random):
    """Whatever the memory of a task, or of the future that it waits for, says: nothing faults, and what is told
    is JSON."""
    victims = [scenes.NAMED[name] for name in ("task", "gather", "queue", "deep")]
    victims += [task._fut_waiter for task in victims]
    victims += [task._coro for task in victims[:4]]
    garbage = [0, 1, 8, 0x7fff, (1 << 64) - 1, (1 << 63), 0x4141414141414141]
    garbage += [harness.address_of(each) for each in (None, 7, "text", loop, victims[0], victims[5], victims[8], type)]
    for victim in victims:
        size = min(type(victim).__basicsize__, 240) // 8 * 8
        memory = (ctypes.c_uint64 * (size // 8)).from_address(harness.address_of(victim))
        for word in range(1, size // 8):
            kept = memory[word]
            memory[word] = random.choice(garbage)
            told = c.decoder.dump(harness.LOCALS)
            memory[word] = kept
            c.true("tasks" in harness.parse(told), "an answer whatever there is")


def check(c, random):
    if sys.version_info < (3, 6):
        c.equal(answer(c)["tasks"], [], "2.7 has no tasks")
        return

    def look(loop):
        check_scenes(c, compare(c, loop))
        check_variables(c, loop)
        check_texts(c, loop)
        check_damage(c, loop, random)

    run(c, look)
    run(c, lambda loop: compare(c, loop), debug=True)
    in_python = asyncio.tasks._PyTask
    # From 3.14 on such a task is not the current one for those two, which therefore fail.
    without = {"in_timeout", "with_limit", "group", "member 1", "member 2"} if sys.version_info >= (3, 14) else ()
    run(c, lambda loop: check_scenes(c, compare(c, loop), without),
        factory=lambda loop, coro, **more: in_python(coro, loop=loop, **more))
    check_limits(c)
    c.equal(answer(c)["tasks"], [], "no task is left")
