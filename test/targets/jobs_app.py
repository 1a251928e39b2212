"""Tasks for Celery, with the Redis that the environment variable REDIS names. As a program it sends some: one that holds
its worker (see site_app.py), and others that do not; prints "ready" when the first is at work and the others are done,
and the sum of all results when its input has ended. With
the names of tasks it sends these, and ends.
"""
import os
import sys

import celery

import site_app

app = celery.Celery('jobs', broker=os.environ['REDIS'], backend=os.environ['REDIS'])


@app.task(name='jobs.hold')
def hold():
    site_app.hold()
    return 100


@app.task(name='jobs.deadlock')
def deadlock():
    site_app.deadlock()


@app.task(name='jobs.nest')
def nest():
    result = add.delay(1, 2)
    site_app.mark()
    return result.get(disable_sync_subtasks=False)


@app.task(name='jobs.nest_with_timeout')
def nest_with_timeout():
    result = add.delay(1, 2)
    site_app.mark()
    return result.get(timeout=1000, disable_sync_subtasks=False)


@app.task(name='jobs.nest_of_held')
def nest_of_held():
    """Waits for one that another thread of the pool holds."""
    return hold.delay().get(disable_sync_subtasks=False)


@app.task(name='jobs.add')
def add(a, b):
    return a + b


if __name__ == '__main__':
    if len(sys.argv) > 1:
        for name in sys.argv[1:]:
            app.send_task(name)
        sys.exit()
    holding = hold.delay()
    done = sum(add.delay(1, i).get(timeout=20) for i in range(10))
    print('ready', flush=True)
    sys.stdin.read()
    done += sum(add.delay(1, i).get(timeout=20) for i in range(10))
    print(done + holding.get(timeout=20), flush=True)
