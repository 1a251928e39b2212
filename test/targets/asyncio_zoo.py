"""Programs of asyncio, some of which hang: for `sleeper why`.  asyncio_zoo.py NAME [uvloop]

Prints "ready" when all tasks have come to where they wait, and ends when its stdin does. Runs on 3.7 to 3.15.
"""

import asyncio
import os
import sys


async def wait_for(get):
    await get()


async def gather(get):
    await asyncio.gather(asyncio.sleep(1000), get())


async def with_timeout(get):
    await asyncio.wait_for(get(), 1000)


def named(loop, name, coroutine):
    task = loop.create_task(coroutine)
    if hasattr(task, 'set_name'):
        task.set_name(name)
    return task


def pair(loop):
    """a waits for b, b for a; c waits for a."""
    tasks = {}
    tasks['a'] = named(loop, 'a', wait_for(lambda: tasks['b']))
    tasks['b'] = named(loop, 'b', wait_for(lambda: tasks['a']))
    tasks['c'] = named(loop, 'c', wait_for(lambda: tasks['a']))


def gathered(loop):
    """a waits for b by gather(), b for a through shield()."""
    tasks = {}
    tasks['a'] = named(loop, 'a', gather(lambda: tasks['b']))
    tasks['b'] = named(loop, 'b', wait_for(lambda: asyncio.shield(tasks['a'])))


def limited(loop):
    """The pair, but who waits for it does so with a timeout, and will cancel it."""
    tasks = {}
    tasks['a'] = named(loop, 'a', wait_for(lambda: tasks['b']))
    tasks['b'] = named(loop, 'b', wait_for(lambda: tasks['a']))
    tasks['c'] = named(loop, 'c', with_timeout(lambda: tasks['a']))


def first_of_two(loop):
    """a waits for whichever comes first of b, which waits for a, and c, which will come."""
    tasks = {}

    async def first():
        await asyncio.wait([tasks['b'], tasks['c']], return_when=asyncio.FIRST_COMPLETED)

    tasks['a'] = named(loop, 'a', first())
    tasks['b'] = named(loop, 'b', wait_for(lambda: tasks['a']))
    tasks['c'] = named(loop, 'c', asyncio.sleep(1000))


def server(loop):
    """Twenty workers without work, a lock that is held for long, and chains of tasks that end."""
    queue = asyncio.Queue()
    lock = asyncio.Lock()

    async def hold():
        async with lock:
            await asyncio.sleep(1000)

    async def want():
        async with lock:
            pass

    for number in range(20):
        named(loop, 'worker %d' % number, wait_for(queue.get))
    named(loop, 'holder', hold())
    named(loop, 'wanting', want())
    inner = named(loop, 'inner', asyncio.sleep(1000))
    middle = named(loop, 'middle', wait_for(lambda: asyncio.shield(inner)))
    named(loop, 'outer', gather(lambda: middle))
    named(loop, 'limited', with_timeout(lambda: middle))


def locked(loop):
    """A lock that nobody releases."""
    lock = asyncio.Lock()

    async def take():
        await lock.acquire()

    async def want():
        async with lock:
            pass

    named(loop, 'took', take())
    for number in range(3):
        named(loop, 'want %d' % number, want())


async def main(start):
    loop = asyncio.get_running_loop()
    # Nothing of it may be collected: the loop itself has weak references only.
    keep = []
    loop.set_task_factory(lambda loop, coro, **more: keep.append(asyncio.Task(coro, loop=loop, **more)) or keep[-1])
    start(loop)
    over = asyncio.Event()
    loop.add_reader(0, lambda: os.read(0, 100) or over.set())
    for _ in range(10):
        await asyncio.sleep(0)
    loop.call_soon(print, 'ready')
    loop.call_soon(sys.stdout.flush)
    await over.wait()


if __name__ == '__main__':
    if sys.argv[2:] == ['uvloop']:
        import uvloop
        uvloop.install()
    asyncio.new_event_loop().run_until_complete(main(globals()[sys.argv[1]]))
    os._exit(0)
