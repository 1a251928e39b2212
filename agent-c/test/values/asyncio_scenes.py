"""Tasks of asyncio that wait for each other in many ways. Runs on 3.6 to 3.15."""

import asyncio
import sys
import types

#: name -> the frames of the functions below that the task of this name is in, outermost first
FRAMES = {}


def enter(name):
    FRAMES.setdefault(name, []).append(sys._getframe(1))


class Awaitable(object):
    """Waits by a generator."""

    def __init__(self, name, future):
        self.name, self.future = name, future

    def __await__(self):
        enter(self.name)
        yield from self.future


@types.coroutine
def old_style(name, future):
    enter(name)
    yield from future


async def wait_for_queue(name, queue):
    enter(name)
    await take(name, queue)


async def take(name, queue):
    enter(name)
    return await queue.get()


async def numbers(name, future):
    enter(name)
    yield 1
    await future
    yield 2


async def iterate(name, future):
    enter(name)
    async for _ in numbers(name, future):
        pass


async def iterate_by_hand(name, future):
    enter(name)
    generator = numbers(name, future)
    await generator.asend(None)
    await generator.asend(None)


async def close_generator(name, future):
    async def generate():
        enter(name)
        try:
            yield 1
        finally:
            await future

    enter(name)
    generator = generate()
    await generator.__anext__()
    await generator.aclose()


async def by_class(name, future):
    enter(name)
    await Awaitable(name, future)


async def by_generator(name, future):
    enter(name)
    await old_style(name, future)


async def by_wrapper(name, future):
    """`__await__` of a coroutine gives an object around it."""
    class Wrapped(object):
        def __await__(self):
            return old_wait(name, future).__await__()

    enter(name)
    await Wrapped()


async def old_wait(name, future):
    enter(name)
    await future


async def generator_in_loop(name, future):
    """Stops at a `yield` while the value stack has another generator on top, which it does not wait for."""
    enter(name)
    await yields_in_loop(name, future)


@types.coroutine
def yields_in_loop(name, future):
    enter(name)
    for _ in (n for n in range(3)):
        future._asyncio_future_blocking = True  # what __await__ of a future does
        yield future


async def wait_for(name, awaited):
    enter(name)
    await awaited


async def gather(name, *tasks):
    enter(name)
    await asyncio.gather(*tasks)


async def gather_twice(name, *tasks):
    enter(name)
    await asyncio.gather(asyncio.gather(*tasks))


async def wait(name, *tasks):
    enter(name)
    await asyncio.wait(tasks)


async def shield(name, task):
    enter(name)
    await asyncio.shield(task)


async def with_limit(name, task):
    enter(name)
    await asyncio.wait_for(task, 1000)


async def acquire(name, lock):
    enter(name)
    async with lock:
        pass


async def deep(name, depth, future):
    enter(name)
    if depth == 0:
        await future
    else:
        await deep(name, depth - 1, future)


async def nothing():
    pass


#: From 3.11 on:
async def group(name, future):
    async def member(which):
        enter(which)
        await future

    enter(name)
    async with asyncio.TaskGroup() as tasks:
        for which in ("member 1", "member 2"):
            task = tasks.create_task(member(which))
            NAMED[which] = task


async def in_timeout(name, task):
    enter(name)
    async with asyncio.timeout(1000):
        await task


#: name -> task
NAMED = {}


def start(loop, name, coroutine):
    task = loop.create_task(coroutine)
    if hasattr(task, "set_name"):
        task.set_name(name)
    NAMED[name] = task
    return task


def start_all(loop):
    """Called while the loop runs. Returns the futures that are to be set before it ends."""
    future = loop.create_future()
    queue = asyncio.Queue()
    lock = asyncio.Lock()
    first = start(loop, "queue", wait_for_queue("queue", queue))
    for function in (iterate, iterate_by_hand, close_generator, by_class, by_generator, by_wrapper, generator_in_loop):
        start(loop, function.__name__, function(function.__name__, future))
    second = start(loop, "task", wait_for("task", first))
    start(loop, "gather", gather("gather", first, second))
    start(loop, "gather_twice", gather_twice("gather_twice", first, second))
    start(loop, "wait", wait("wait", first, second))
    start(loop, "shield", shield("shield", first))
    start(loop, "with_limit", with_limit("with_limit", second))
    start(loop, "locked", acquire("locked", lock))
    start(loop, "sleep", wait_for("sleep", asyncio.sleep(1000)))
    start(loop, "deep", deep("deep", 100, future))
    start(loop, "na\u00efve \u001b[31m\n", wait_for("na\u00efve \u001b[31m\n", future))
    if hasattr(asyncio, "TaskGroup"):
        start(loop, "group", group("group", future))
        start(loop, "in_timeout", in_timeout("in_timeout", second))
    return lock


async def stage(loop, look):
    """Starts all tasks, calls `look` when each has come to where it waits, and ends them."""
    lock = start_all(loop)
    await lock.acquire()
    done = loop.create_task(nothing())
    for _ in range(10):
        await asyncio.sleep(0)
    begun_later = loop.create_task(nothing())
    look()
    tasks = [done, begun_later] + list(NAMED.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def crowd(loop, count, look, look_afterwards):
    """Calls the one while there are so many tasks and two more, the other when there are no others than these."""
    future = loop.create_future()
    tasks = [loop.create_task(wait_for("crowd", future)) for _ in range(count)]
    deepest = loop.create_task(deep("crowd", 50, loop.create_future()))
    await asyncio.sleep(0)
    look(deepest)
    future.set_result(None)
    await asyncio.gather(*tasks)
    look_afterwards(deepest)
    deepest.cancel()
    await asyncio.gather(deepest, return_exceptions=True)
