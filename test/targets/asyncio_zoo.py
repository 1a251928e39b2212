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


class Transfer:
    """Takes one lock, and then another one, once both are taken."""

    def __init__(self, mine, other, begun):
        self.mine, self.other, self.begun = mine, other, begun

    async def take(self):
        async with self.other:
            pass

    async def run(self, all_begun):
        async with self.mine:
            self.begun.set()
            await all_begun()
            await self.take()


def transfers(loop, count, take=None):
    """Each task has the lock that the one before it wants."""
    locks = [asyncio.Lock() for _ in range(count)]
    begun = [asyncio.Event() for _ in range(count)]

    async def all_begun():
        for event in begun:
            await event.wait()

    for number in range(count):
        transfer = Transfer(locks[number], locks[(number + 1) % count], begun[number])
        if take is not None and number == 0:
            transfer.take = lambda taking=transfer.take: take(taking)
        named(loop, 'abc'[number], transfer.run(all_begun))
    named(loop, 'behind', Transfer(locks[0], locks[0], asyncio.Event()).take())


def locks_of_two(loop):
    transfers(loop, 2)


def locks_of_three(loop):
    transfers(loop, 3)


def locks_limited(loop):
    """One of the circle gives up after a while."""
    transfers(loop, 2, lambda take: asyncio.wait_for(take(), 1000))


def lock_twice(loop):
    """A lock is not reentrant."""
    lock = asyncio.Lock()

    async def twice():
        async with lock:
            async with lock:
                pass

    named(loop, 'twice', twice())


def locks_and_task(loop):
    """a has a lock and waits for b, which wants the lock of a Condition that works on it."""
    condition = asyncio.Condition()
    tasks = {}

    async def has():
        async with condition:
            await tasks['b']

    async def wants():
        async with condition:
            pass

    tasks['a'] = named(loop, 'a', has())
    tasks['b'] = named(loop, 'b', wants())


def locks_in_order(loop):
    """Whoever has the second lock will release it; a Condition that is waited for has released its own."""
    first, second, condition = asyncio.Lock(), asyncio.Lock(), asyncio.Condition()

    async def both():
        async with first:
            async with second:
                await asyncio.sleep(1000)

    async def wait():
        async with condition:
            await condition.wait()

    async def own():
        async with condition:
            await one

    async def other():
        async with condition:
            pass

    one = named(loop, 'one', both())
    named(loop, 'two', both())
    named(loop, 'three', Transfer(first, second, asyncio.Event()).take())
    named(loop, 'waits', wait())
    named(loop, 'owns', own())
    named(loop, 'other', other())


def locks_by_hand(loop):
    """Two that have a third one's locks at hand, and want them."""
    one, two = asyncio.Lock(), asyncio.Lock()

    async def have():
        await one.acquire()
        await two.acquire()
        await asyncio.sleep(1000)

    async def want(wanted, other):
        async with wanted:
            async with other:
                pass

    named(loop, 'has', have())
    named(loop, 'a', want(one, two))
    named(loop, 'b', want(two, one))


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
