"""Stands still in known places and says what it knows of itself: the oracle of the dump tests.

Prints one line of JSON on stdout, from the deepest frame of the main thread, then waits for stdin to end.
Runs on Python 2.7 and 3.6 to 3.15.
"""
from __future__ import print_function

import collections
import gc
import json
import os
import sys
import threading

lock = threading.Lock()
rlock = threading.RLock()
never, never_written = os.pipe()
module_level = {'answer': 42}


class Point(object):
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Slotted(object):
    __slots__ = ('a', 'b')

    def __init__(self):
        self.a = 1


def stand(label):
    """The deepest frame of every thread: stays in one place for good."""
    os.read(never, 1)


def simple_values():
    nothing = None
    yes = True
    small = 7
    negative = -12345678901234567890
    huge = 3 ** 700
    ratio = 0.1
    tiny = 5e-324
    big_float = 1e16
    text = u'h\xe9llo \u20ac \U0001f600'
    raw = b'\x00bytes\xff'
    items = [1, 'two', 3.0, None, (4, 5), []]
    mapping = collections.OrderedDict([('k', 1)])
    table = {'a': 1, 'b': [2, 3], 3: 'c'}
    unique = {1, 2, 3}
    frozen = frozenset([4])
    span = range(1, 10, 2)
    stand('values')


def arguments(first, second=2, *rest, **named):
    stand('arguments')


def closure():
    captured = 'from outside'
    changed = [1]

    def inner(argument):
        own = captured + '!'
        changed.append(own)
        stand('closure')
        return argument

    return inner(5)


class Worker(object):
    def __init__(self):
        self.point = Point(1, 2)
        self.slotted = Slotted()

    def run(self):
        point = self.point
        stand('method')


def generator():
    inside = 'generator'
    stand('generator')
    yield inside


def run_generator():
    for _ in generator():
        pass


def handling():
    try:
        raise ValueError('the reason')
    except ValueError:
        stand('handling')


def locked():
    with rlock:
        with lock:
            stand('locked')


def recurse(depth):
    if depth == 0:
        stand('recursion')
    else:
        recurse(depth - 1)


def multi_line_call():
    return dict(
        one=1,
        two=stand('multi line'),
        three=3,
    )


def comprehension():
    return [stand('comprehension') for element in (1,)]


UNICODE_NAME = u'Gr\xfc\xdfe mit langem Namen \u2603'
if sys.version_info < (3,):
    UNICODE_NAME = UNICODE_NAME.encode('utf-8')

STANDING = [
    ('Values', simple_values, ()),
    ('Arguments', arguments, (1, 'b', 'c')),
    ('Closure', closure, ()),
    ('Method', Worker().run, ()),
    ('Generator', run_generator, ()),
    ('Handling', handling, ()),
    ('Locked', locked, ()),
    ('Recursion', recurse, (20,)),
    ('Multi line', multi_line_call, ()),
    ('Comprehension', comprehension, ()),
    (UNICODE_NAME, lambda: stand('unicode'), ()),
]


def frames_of(frame):
    found = []
    while frame is not None:
        code = frame.f_code
        found.append({
            'function': code.co_name,
            'qualifiedName': getattr(code, 'co_qualname', None),
            'file': code.co_filename,
            'line': frame.f_lineno,
            'module': frame.f_globals.get('__name__'),
            'locals': {
                str(name): {'type': type(value).__name__, 'repr': printable(value)}
                for name, value in frame.f_locals.items()
            } if code.co_flags & 1 else {},
        })
        frame = frame.f_back
    return found


def printable(value):
    """repr() for the types whose printed form the dump must reproduce, else None."""
    simple = (type(None), bool, int, float, complex, str, bytes, type(u''), type(2 ** 100))
    if type(value) in simple:
        return repr(value)
    if type(value) in (list, tuple, set, frozenset, range) and all(printable(v) for v in value):
        return repr(value)
    if type(value) is dict and all(printable(k) and printable(v) for k, v in value.items()):
        return repr(value)
    return None


def describe():
    by_ident = sys._current_frames()
    threads = []
    for thread in threading.enumerate():
        threads.append({
            'name': thread.name,
            'ident': thread.ident,
            'daemon': thread.daemon,
            'tid': getattr(thread, 'native_id', None),
            'frames': frames_of(by_ident[thread.ident]),
        })
    return {
        'pid': os.getpid(),
        'version': '.'.join(map(str, sys.version_info[:3])),
        'hexVersion': sys.hexversion,
        'main': threading.current_thread().ident,
        'threads': threads,
        'gc': {'enabled': gc.isenabled(), 'threshold': gc.get_threshold()},
        'switchInterval': getattr(sys, 'getswitchinterval', lambda: None)(),
        'lock': {'locked': lock.locked()},
        'fds': sorted(int(fd) for fd in os.listdir('/proc/self/fd')),
    }


def is_standing(ident):
    frame = sys._current_frames().get(ident)
    return frame is not None and frame.f_code is stand.__code__ and frame.f_lineno > stand.__code__.co_firstlineno


def all_standing():
    others = [ident for ident in sys._current_frames() if ident != threading.current_thread().ident]
    return len(others) == len(STANDING) and all(map(is_standing, others))


def main():
    for name, function, args in STANDING:
        thread = threading.Thread(target=function, args=args, name=name, kwargs={'extra': 1} if args[1:] else {})
        thread.daemon = True
        thread.start()
    while not all_standing():
        pass
    report = describe()
    print(json.dumps(report))
    sys.stdout.flush()
    os.read(0, 1)
    print('right at the end')


if __name__ == '__main__':
    main()
