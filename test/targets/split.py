"""A program with a known split of its time. Each thread goes round through phases of its own, and keeps account of how
long it is in each, by the clock.

Prints as one line of JSON its threads when all of them are under way. A "b" on stdin marks the beginning of a stretch
and an "e" its end; each is answered with a line. When stdin ends it prints as one line of JSON what it knows of the
stretch, and of itself:

  begin, end of the stretch, in seconds of CLOCK_MONOTONIC
  threads    of each by its name: its kernel id, the seconds on a processor and ready for one (null: the kernel does not
             say), the seconds in each phase, and how many phases it went through
  meant      of each phase that sleeps: for how long
  functions  by "name file": the first line and the last
  pairs      who may call whom, of those; "" calls the outermost
  broken     each expectation that was not met

Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import ctypes
import hashlib
import json
import os
import sys
import threading
import time

try:
    import faulthandler
except ImportError:
    faulthandler = None

libc = ctypes.CDLL(None, use_errno=True)
# Called with the GIL: nobody else runs meanwhile.
holding = ctypes.PyDLL(None, use_errno=True)
NAP_SHORT, NAP_LONG, HOLD, PAUSE = 0.020, 0.050, 0.006, 0.040
LATE = 5
data = b'sleeper' * (1 << 19)
checksum = hashlib.sha256(data).hexdigest()

stop = False
gate = threading.Lock()
broken = []
functions = {}
pairs = set()


class Timespec(ctypes.Structure):
    _fields_ = [('seconds', ctypes.c_long), ('nanoseconds', ctypes.c_long)]


def clock(number, now=Timespec):
    at = now()
    libc.clock_gettime(number, ctypes.byref(at))
    return at.seconds + at.nanoseconds / 1e9


if hasattr(time, 'monotonic'):
    wall = time.monotonic
else:
    def wall():
        return clock(1)

if hasattr(time, 'thread_time'):
    cpu = time.thread_time
else:
    def cpu():
        return clock(3)


def tid():
    return libc.syscall({'x86_64': 186, 'aarch64': 178}[os.uname()[4]])


# ---- The phases: each function is innermost all the time, but for what it calls of these. ----

def spin(steps):
    total = 0
    for i in range(steps):
        total += i & 7
    return total


def recurse(depth):
    return 1 if depth < 2 else recurse(depth - 1) + recurse(depth - 2)


def drain(items):
    return sum(produce(items))


def produce(items):
    for item in range(items):
        total = 0
        for i in range(1000):
            total += i & 7
        yield total


def digest(times):
    for _ in range(times):
        if hashlib.sha256(data).hexdigest() != checksum:
            broken.append('wrong checksum')


def nap_short():
    time.sleep(NAP_SHORT)


def nap_long():
    time.sleep(NAP_LONG)


def hold(microseconds):
    check(holding.usleep(microseconds))


def pause(microseconds):
    check(libc.usleep(microseconds))


def check(result):
    if result != 0:
        broken.append('usleep: errno %d' % ctypes.get_errno())


# ---- The account of a thread ----

class Account(object):
    """`state` is set in one go, for the main thread reads it at any moment: seconds by phase, the phase that is under
    way with its beginning, and how many there were."""

    def __init__(self):
        self.tid = tid()
        self.state = ({}, None, 0)

    def seconds(self, now):
        done, under_way, count = self.state
        done = dict(done)
        if under_way is not None:
            done[under_way[0]] = done.get(under_way[0], 0) + now - under_way[1]
        return done, count


def timed(account, slept, leaf, phase, *arguments):
    done, _, count = account.state
    begin = wall()
    account.state = (done, (leaf, begin), count)
    phase(*arguments)
    took = wall() - begin
    account.state = (dict(done, **{leaf: done.get(leaf, 0) + took}), None, count + 1)
    if took < slept - 0.0002 or (slept > 0 and took > slept + LATE):
        broken.append('%s: %r s instead of %r' % (leaf, took, slept))


def rounds(account, phases):
    while not stop:
        for phase in phases:
            timed(account, *phase)


def wait_for_ever():
    with gate:
        pass


def register(function, *callers):
    code = function.__code__
    key = key_of(code)
    functions[key] = lines_of(code)
    for caller in callers:
        pairs.add((key_of(caller.__code__), key))


def key_of(code):
    return '%s %s' % (getattr(code, 'co_qualname', code.co_name), code.co_filename)


def lines_of(code):
    import dis
    lines = [line for _, line in dis.findlinestarts(code) if line is not None]
    return [min(lines + [code.co_firstlineno]), max(lines)]


def register_stack(frame):
    """The callers of a function that is called now are its legal callers."""
    while frame is not None:
        key = key_of(frame.f_code)
        functions[key] = lines_of(frame.f_code)
        caller = frame.f_back
        pairs.add(('' if caller is None else key_of(caller.f_code), key))
        frame = caller


accounts = {}


def worker(name, ready, phases):
    register_stack(sys._getframe())
    accounts[name] = Account()
    ready.release()
    try:
        if phases is None:
            wait_for_ever()
        else:
            rounds(accounts[name], phases)
    except BaseException as error:
        broken.append('%s: %r' % (name, error))


def steps_for(seconds, function, steps):
    """How many steps take that much time on a processor."""
    best = min(measured(function, steps) for _ in range(5))
    return max(1, int(steps * seconds / best))


def measured(function, steps):
    begin = cpu()
    function(steps)
    return cpu() - begin


def depth_for(seconds):
    depth = 10
    while min(measured(recurse, depth) for _ in range(2)) < seconds:
        depth += 1
    return depth


# ---- What the kernel says ----

def run_times(number):
    """On a processor and ready for one, in seconds. Calls no Python: it may be sampled."""
    try:
        file = os.open('/proc/self/task/%d/schedstat' % number, os.O_RDONLY)
    except OSError:
        return None
    ran, waited, _ = os.read(file, 100).split()
    os.close(file)
    return int(ran) / 1e9, int(waited) / 1e9


def snapshot():
    now = wall()
    result = {}
    for name, account in accounts.items():
        result[name] = account.seconds(now), run_times(account.tid)
    return now, result


def between(begin, end):
    threads = {}
    for name in accounts:
        (phases, count), times = begin[1][name]
        (phases_after, count_after), times_after = end[1][name]
        threads[name] = {
            'tid': accounts[name].tid,
            'cpu': times and times_after[0] - times[0],
            'ready': times and times_after[1] - times[1],
            'phases': dict((leaf, seconds - phases.get(leaf, 0)) for leaf, seconds in phases_after.items()),
            'turns': count_after - count,
        }
    return threads


def footprint():
    return [len(os.listdir('/proc/self/fd')), len(os.listdir('/proc/self/task'))]


def listen():
    marks = {}
    while True:
        mark = os.read(0, 1)
        if mark == b'':
            return marks
        if mark in (b'b', b'e'):
            marks[mark] = snapshot()
            print('marked')
            sys.stdout.flush()


def main():
    global stop
    if faulthandler is not None:
        faulthandler.enable()
    spin_steps, items = steps_for(0.030, spin, 50000), steps_for(0.010, drain, 20)
    depth, digests = depth_for(0.020), steps_for(0.020, digest, 1)
    turning = [(0, 'spin', spin, spin_steps), (0, 'recurse', recurse, depth), (0, 'produce', drain, items)]
    plans = {
        'turning-a': turning,
        'turning-b': turning[1:] + turning[:1],
        'digesting': [(0, 'digest', digest, digests), (PAUSE, 'pause', pause, int(PAUSE * 1e6))],
        'napping': [(NAP_SHORT, 'nap_short', nap_short), (NAP_LONG, 'nap_long', nap_long)],
        'holding': [(HOLD, 'hold', hold, int(HOLD * 1e6)), (PAUSE, 'pause', pause, int(PAUSE * 1e6))],
        'idle': None,
    }
    register_stack(sys._getframe())
    register(listen, main)
    register(snapshot, listen, main)
    register(Account.seconds, snapshot)
    register(run_times, snapshot)
    register(rounds, worker)
    register(wait_for_ever, worker)
    register(timed, rounds)
    for function in (spin, recurse, drain, digest, nap_short, nap_long, hold, pause):
        register(function, timed)
    register(recurse, recurse)
    register(produce, drain)
    register(check, hold, pause)
    if wall is not getattr(time, 'monotonic', None):
        register(wall, timed, snapshot)
        register(clock, wall)

    before = footprint()
    gate.acquire()
    ready = threading.Semaphore(0)
    threads = [threading.Thread(target=worker, args=(name, ready, phases), name=name)
               for name, phases in plans.items()]
    for thread in threads:
        thread.start()
    for _ in threads:
        ready.acquire()
    accounts['MainThread'] = Account()
    under_way = footprint()
    print(json.dumps(dict((name, account.tid) for name, account in accounts.items())))
    sys.stdout.flush()
    under_way_at = snapshot()
    marks = listen()
    if footprint() != under_way:
        broken.append('fds and threads: %r, %r in the beginning' % (footprint(), under_way))
    stop = True
    gate.release()
    for thread in threads:
        thread.join()
    patience = wall() + 10
    while footprint() != before and wall() < patience:  # one that was joined may still be on its way out of the kernel
        time.sleep(0.001)
    if footprint() != before:
        broken.append('fds and threads: %r, %r before' % (footprint(), before))
    begin, end = marks.get(b'b', under_way_at), marks.get(b'e', under_way_at)
    print(json.dumps({
        'begin': begin[0],
        'end': end[0],
        'threads': between(begin, end),
        'functions': functions,
        'pairs': sorted(pairs),
        'broken': broken,
        'meant': {'nap_short': NAP_SHORT, 'nap_long': NAP_LONG, 'hold': HOLD, 'pause': PAUSE},
    }))


if __name__ == '__main__':
    main()
