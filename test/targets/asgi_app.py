"""What the servers of the tests serve, by ASGI: /cycle begins two tasks that wait for each other, waits for both, and makes
a file that has the worker's process id at the end of its name when they have come to wait.
"""
import asyncio
import os

from site_app import mark


async def follow(others):
    await others[0]


async def cycle():
    left, right = [], []
    right.append(asyncio.get_running_loop().create_task(follow(left)))
    left.append(asyncio.get_running_loop().create_task(follow(right)))
    while not all(task._fut_waiter for task in left + right):
        await asyncio.sleep(0)
    mark()
    await asyncio.gather(*left, *right)


async def application(scope, receive, send):
    if scope['type'] != 'http':
        raise NotImplementedError(scope['type'])
    if scope['path'] == '/cycle':
        await cycle()
    await send({'type': 'http.response.start', 'status': 200, 'headers': [[b'content-type', b'text/plain']]})
    await send({'type': 'http.response.body', 'body': b'%s %d' % (scope['path'].encode(), os.getpid())})
