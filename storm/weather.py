"""A process in a storm of its own making, that checks itself.

    weather.py WIND,WIND... [SECONDS]

Each wind is a thread that does one thing all the time and checks each result. Prints "ready" when all blow, goes on
until its standard input ends, or for SECONDS, and then prints as JSON how it fared: what went wrong, how often each wind
has blown, and what was different at the end. Exits with 0 if nothing was. Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import errno
import gc
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
import weakref

try:
    import asyncio
except ImportError:
    asyncio = None
try:
    import faulthandler
    faulthandler.enable()
except ImportError:
    pass

# OpenBLAS ends its threads before a fork; if another thread calculates just then, it waits for them for ever. A process
# that forks and calculates with numpy hangs of that within seconds, alone on its machine.
os.environ['OPENBLAS_NUM_THREADS'] = '1'
warnings.simplefilter('ignore')
now = getattr(time, 'monotonic', time.time)
# What the kernel alone knows: the errors by which it tells itself to restart a system call.
FIRST_IMPOSSIBLE_ERRNO = 512
# A wait that ends later than this was forgotten; machines may be busy, and the process is stopped now and then.
FORGOTTEN = 20

all_started = threading.Event()
stop = threading.Event()
errors = []
trapped = []
counts = {}


def expect(true, *what):
    if not true:
        errors.append(' '.join(str(word) for word in what))


def memory():
    kept = [bytearray(b'%c' % (i % 256)) * (1 << (i % 18)) for i in range(100)]
    for i, block in enumerate(kept):
        expect(block[0] == block[-1] == i % 256, 'memory', i)
    for size in (10, 1000, 70000, 300000, 1 << 21):
        expect(len(bytearray(size) + b'x' * size) == 2 * size, 'memory', size)


class Node(object):
    pass


def garbage():
    nodes = [Node() for _ in range(500)]
    for node in nodes:
        node.me, node.all = node, nodes
    alive = weakref.ref(nodes[0])
    del node, nodes
    gc.collect()
    expect(alive() is None, 'garbage is left')


def imports():
    for name in ('colorsys', 'this_module_is_not_there', 'quopri', 'stringprep', 'sched'):
        sys.modules.pop(name, None)
        try:
            module = __import__(name)
            expect(module.__name__ == name, 'imports', name)
        except ImportError:
            expect(name == 'this_module_is_not_there', 'import of', name)


def ended(status, wanted, what):
    # Killed in the moment in which it lets go of a child just forked, gdb leaves it with a trap: see docs/record.md.
    if status == signal.SIGTRAP:
        trapped.append(what)
    else:
        expect(status == wanted, what, status)


def waited_for(child):
    while True:
        try:
            return os.waitpid(child, 0)[1]
        except OSError as error:  # 2.7 does not wait on after a signal
            expect(error.errno == errno.EINTR and sys.version_info < (3, 5), 'waitpid', repr(error))


def forks():
    child = os.fork()
    if child == 0:
        os._exit(len(os.listdir('/proc/self/task')))
    ended(waited_for(child), 1 << 8, 'fork')


def execs():
    code = subprocess.Popen(['/bin/sh', '-c', 'exit 7']).wait()
    ended(-code if code < 0 else code, 7, 'exec')


def threads():
    done = []
    started = [threading.Thread(target=lambda: done.append(recursion(50))) for _ in range(5)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    expect(done == [50] * 5, 'threads', done)


def recursion(depth=None):
    if depth is not None:
        return 1 + recursion(depth - 1) if depth else 0
    reached = []

    def down(level):
        reached[:] = [level]
        down(level + 1)
    try:
        down(0)
    except RuntimeError:  # RecursionError is one
        pass
    expect(reached[0] > sys.getrecursionlimit() // 2, 'recursion', reached)


def exceptions():
    def deep(level):
        try:
            if level:
                deep(level - 1)
            raise KeyError(level)
        except (KeyError, ValueError) as error:
            raise ValueError(error.args[0] + 1)
        finally:
            counts['finally'] = counts.get('finally', 0) + 1
    try:
        deep(40)
    except ValueError as error:
        expect(error.args == (41,), 'exceptions', error)


def in_c():
    expect((b'x' * 5000000).count(b'y') == 0, 'in C')
    expect(sum(range(200000)) == 19999900000, 'in C')


# 2.7 does not sleep on after a signal, and says nothing.
SHORT_SLEEPS = sys.version_info < (3, 5) and 'signals' in sys.argv[1].split(',')


def timed(what, seconds, wait):
    start = now()
    try:
        wait()
    except (IOError, OSError, select.error) as error:
        number = error.errno if hasattr(error, 'errno') else error.args[0]
        # 2.7 does not wait on after a signal; a socket with a timeout says that it is over.
        if number == errno.EINTR and sys.version_info < (3, 5):
            return
        expect(isinstance(error, socket.timeout) or number == errno.EAGAIN, what, repr(error),
               'IMPOSSIBLE' if number is not None and number >= FIRST_IMPOSSIBLE_ERRNO else '')
    took = now() - start
    expect(SHORT_SLEEPS or took > seconds - 0.002, what, 'was short:', took, 'of', seconds)
    expect(took < seconds + FORGOTTEN, what, 'was forgotten:', took, 'of', seconds)


silent, nobody = socket.socketpair()


def timeouts():
    seconds = random.choice((0.001, 0.01, 0.05))
    timed('sleep', seconds, lambda: time.sleep(seconds))
    timed('select', seconds, lambda: select.select([silent], [], [], seconds))
    poll = select.poll()
    poll.register(silent, select.POLLIN)
    timed('poll', seconds, lambda: poll.poll(int(seconds * 1000)))
    silent.settimeout(seconds)
    timed('recv', seconds, lambda: silent.recv(1))
    event = threading.Event()
    timed('Event.wait', seconds, lambda: event.wait(seconds))


def pipes():
    reading, writing = os.pipe()
    text = os.urandom(30000)
    writer = threading.Thread(target=lambda: os.write(writing, text))
    writer.start()
    got = b''
    while len(got) < len(text):
        try:
            got += os.read(reading, 4096)
        except OSError as error:
            expect(error.errno == errno.EINTR, 'read', repr(error))
    writer.join()
    os.close(reading)
    os.close(writing)
    expect(got == text, 'pipes')


def arrays():
    import numpy
    square = numpy.arange(10000, dtype=float).reshape(100, 100)
    expect(float((square.dot(square.T)).trace()) == float((square * square).sum()), 'arrays')


def greenlets():
    import greenlet
    path = []

    def hop(number):
        for step in range(5):
            path.append(number)
            hub.switch()
    hub = greenlet.getcurrent()
    ring = [greenlet.greenlet(hop) for _ in range(10)]
    for step in range(6):
        for number, one in enumerate(ring):
            one.switch(number) if step == 0 else one.switch()
    expect(path == list(range(10)) * 5 and all(one.dead for one in ring), 'greenlets', path)


def tasks():
    # In source text, for 2.7 would not compile it.
    space = {'asyncio': asyncio}
    exec('''
async def give(queue):
    for i in range(50):
        await queue.put(i)
        await asyncio.sleep(0)
async def take(queue):
    return sum([await queue.get() for i in range(50)])
async def both():
    queue = asyncio.Queue(3)
    return (await asyncio.gather(give(queue), take(queue)))[1]
''', space)
    loop = asyncio.new_event_loop()
    try:
        expect(loop.run_until_complete(space['both']()) == 1225, 'tasks')
    finally:
        loop.close()


signals = {'alarm': 0, 'prof': 0}


def arm():
    """A thousand times a second each; only the main thread handles them."""
    def on(name):
        def handle(number, frame):
            signals[name] += 1
        return handle
    signal.signal(signal.SIGALRM, on('alarm'))
    signal.signal(signal.SIGPROF, on('prof'))
    for which in (signal.ITIMER_REAL, signal.ITIMER_PROF):
        signal.setitimer(which, 0.001, 0.001)


def disarm():
    for which in (signal.ITIMER_REAL, signal.ITIMER_PROF):
        signal.setitimer(which, 0)
    expect(signals['alarm'] > 0, 'no SIGALRM came')


def blow(wind):
    name = wind.__name__
    try:
        all_started.wait()
        while not stop.is_set():
            wind()
            counts[name] = counts.get(name, 0) + 1
            if sys.version_info < (3, 2):
                # Who gives up the GIL of those takes it again before anybody else has woken up, for minutes on end.
                time.sleep(0.0002)
    except BaseException as error:
        errors.append('%s: %r' % (name, error))


def inventory():
    return [len(os.listdir('/proc/self/fd')), len(os.listdir('/proc/self/task'))]


def wait_for_the_end(seconds):
    end = now() + seconds
    while now() < end:
        try:
            if select.select([0], [], [], min(0.2, max(0, end - now())))[0]:
                return
        except (OSError, select.error) as error:
            number = error.errno if hasattr(error, 'errno') else error.args[0]
            expect(number == errno.EINTR, 'select', repr(error))


if __name__ == '__main__':
    names = sys.argv[1].split(',')
    with_signals = 'signals' in names
    before = inventory()
    if with_signals:
        arm()
    started = [threading.Thread(target=blow, args=(globals()[name],), name=name)
               for name in names if name != 'signals']
    for thread in started:
        thread.start()
    os.write(1, b'ready\n')
    all_started.set()
    wait_for_the_end(float(sys.argv[2]) if len(sys.argv) > 2 else 1e6)
    stop.set()
    for thread in started:
        thread.join()
    if with_signals:
        disarm()
    # A thread that was joined may still be on its way out of the kernel, and one of sleeper's as well.
    patience = now() + 10
    while inventory() != before and now() < patience:
        time.sleep(0.001)
    after = inventory()
    # asyncio and numpy keep what they need.
    if not set(names) & {'tasks', 'arrays'}:
        expect(after == before, 'descriptors and threads were', before, 'and are', after)
    print(json.dumps({'errors': errors[:5], 'trapped': len(trapped), 'counts': counts}))
    sys.exit(1 if errors else 0)
