"""As acrossProcesses.py, which runs these: event loops of asyncio. Runs on Python 3.7 to 3.15."""
import os
import socket
import subprocess
import sys

from acrossProcesses import forked, say


def run_loop(start):
    """An event loop of asyncio, which a function gives something to do."""
    import asyncio
    loop = asyncio.new_event_loop()
    keep = loop.create_task(start(asyncio))
    loop.run_forever()
    return keep


def event_loops(**more):
    """Two event loops, each of which waits for the other to begin."""
    near, far = socket.socketpair()
    parent = os.getpid()

    def read(mine, other):
        async def begin(asyncio):
            reader, writer = await asyncio.open_connection(sock=mine)
            if os.getpid() != parent or not more.get('listens'):
                await reader.read(1)
            server = await asyncio.start_server(lambda *_: None, '127.0.0.1', 0)
            await reader.read(1)
            return writer, server
        other.close()
        run_loop(begin)

    child = forked(read, far, near)
    say(parent=parent, child=child)
    read(near, far)


def unclosed_input():
    """An event loop reads all that a filter writes, and has not closed the input of the filter."""
    async def begin(asyncio):
        child = await asyncio.create_subprocess_exec('cat', stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        say(parent=os.getpid(), child=child.pid)
        await child.stdout.read()

    run_loop(begin)


def listens():
    """As event_loops(), but one of them takes connections, too: from whom, nobody knows."""
    event_loops(listens=True)


def busy_event_loops():
    """Data goes round between two event loops."""
    near, far = socket.socketpair()

    def pass_on(mine, other, begun):
        async def begin(asyncio):
            reader, writer = await asyncio.open_connection(sock=mine)
            if mine is near:
                writer.write(b'x')
            while True:
                writer.write(await reader.read(1))
                begun()
        other.close()
        run_loop(begin)

    child = forked(pass_on, far, near, int)
    once = iter([lambda: say(parent=os.getpid(), child=child)])
    pass_on(near, far, lambda: next(once, int)())


def idle_loop():
    """An event loop that has nothing to do, and a child that does not depend on it."""
    child = subprocess.Popen(['cat'], stdin=sys.stdin)

    async def begin(_):
        say(parent=os.getpid(), child=child.pid)

    run_loop(begin)
