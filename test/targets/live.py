# A program to open a session of the live tier in. Its main thread does what the lines of its standard input say and
# prints one line for each; other threads stand still in frames that are worth looking into. Starts a session itself,
# where a debugger would let it do so.
import ctypes
import os
import sys
import threading
import time

module_global = ['global']
released = threading.Event()
standing = []
is_3 = sys.version_info[0] >= 3


class Control(ctypes.Structure):
    _fields_ = [('before', ctypes.c_char * 584), ('live_start', ctypes.c_uint64), ('request', ctypes.c_int32),
                ('answer', ctypes.c_int32), ('state', ctypes.c_uint32), ('unused', ctypes.c_uint32)]


control = Control.in_dll(ctypes.CDLL(None), 'sleeper_control')


class Quiet(object):
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return 'Quiet(%r)' % self.name


class Raises(object):
    def __repr__(self):
        raise ValueError('no text for you')


class Exits(object):
    def __repr__(self):
        raise SystemExit(3)


class Sleeps(object):
    def __repr__(self):
        time.sleep(3600)


class Loops(object):
    def __repr__(self):
        while True:
            pass


class Stubborn(object):
    """Catches what would end it, a few times."""

    def __repr__(self):
        for _ in range(5):
            try:
                while True:
                    pass
            except BaseException:
                pass
        return 'Stubborn'


class Recurses(object):
    def __repr__(self):
        return repr(self)


class Prints(object):
    def __repr__(self):
        sys.stderr.write('')
        return 'Prints'


locked = threading.Lock()
locked.acquire()


class Locks(object):
    def __repr__(self):
        with locked:
            return 'Locks'


class Huge(object):
    def __repr__(self):
        return 'x' * 100000000


class NoString(object):
    def __repr__(self):
        return 42


class Dummy(object):
    def __repr__(self):
        return threading.current_thread().name


class Attributes(object):
    ran = []
    plain = 1

    def __init__(self):
        self.inner = Quiet('inner')

    @property
    def costly(self):
        self.ran.append('property')
        return self

    def __getattr__(self, name):
        self.ran.append('getattr')
        raise AttributeError(name)

    def __dir__(self):
        self.ran.append('dir')
        return ['from_dir']

    def method(self, first, second=2, *rest, **named):
        """What it does.

        More."""


def stand(name):
    standing.append(name)
    released.wait()


def work(argument, quiet):
    number = 42
    items = [1, 'two', Quiet('three')]
    free = 'free'
    attributes = Attributes()

    def inner():
        mine = 'mine'
        stand('inner')
        return free, mine

    inner()
    return number, items, argument, attributes


def nasty():
    a_raises = Raises()
    b_exits = Exits()
    c_loops = Loops()
    d_stubborn = Stubborn()
    e_recurses = Recurses()
    f_prints = Prints()
    g_huge = Huge()
    h_no_string = NoString()
    i_dummy = Dummy()
    j_list = [1, Raises(), 'fine']
    k_text = 'y' * 50000000
    l_many = list(range(1000000))
    m_itself = []
    m_itself.append(m_itself)
    z_good = 'good'
    stand('nasty')
    return locals()


def blocking():
    a_sleeps = Sleeps()
    b_locks = Locks()
    z_good = 'good'
    stand('blocking')
    return locals()


def counting():
    count = 0
    changed = 'before'
    standing.append('counting')
    try:
        while not released.is_set() and count >= 0:
            count += 1
            time.sleep(0.001)
    except:  # noqa: E722. 2.7 empties the modules when it ends, that of AttributeError too, and daemon threads run on
        return
    results.append(changed)


results = []
idents = {}


def begin(name, function, *arguments):
    def run():
        idents[name] = threading.current_thread().ident
        function(*arguments)

    thread = threading.Thread(target=run, name=name)
    thread.daemon = True
    thread.start()
    while name not in standing:
        time.sleep(0.001)


def do(words):
    command = words[0]
    if command == 'start':
        start = ctypes.CFUNCTYPE(ctypes.c_int64)(control.live_start)
        return start()
    if command == 'state':
        return control.state
    if command == 'active':
        return len(threading._active)
    if command == 'modules':
        return len(sys.modules)
    if command == 'ran':
        return ' '.join(Attributes.ran)
    if command == 'global':
        return module_global
    if command == 'unlock':
        return locked.release()
    if command == 'hold':
        # The GIL is held meanwhile.
        return ctypes.PyDLL(None).usleep(int(words[1]) * 1000)
    if command == 'spin':
        return spin()
    if command == 'fork':
        return fork()
    if command == 'exec':
        os.execv(sys.executable, [sys.executable, '-c', 'import sys; print("replaced"); sys.stdout.flush(); '
                                                        'sys.stdin.readline()'])
    if command == 'limit':
        return sys.setrecursionlimit(1000000)
    if command == 'exit':
        sys.exit(int(words[1]))
    if command == 'release':
        released.set()
        while len(threading.enumerate()) > 1:
            time.sleep(0.001)
        return ' '.join(results)
    raise ValueError(command)


def spin():
    while True:
        pass


def fork():
    child = os.fork()
    if child == 0:
        threads = len(os.listdir('/proc/self/task'))
        # One of the numbers may be that of the listing itself.
        pipes = [fd for fd in os.listdir('/proc/self/fd')
                 if int(fd) in session and os.path.lexists('/proc/self/fd/' + fd)]
        os._exit(threads * 16 + len(pipes) * 4 + control.state)
    return os.waitpid(child, 0)[1] >> 8


if 'threads' in sys.argv[1:]:
    begin('inner', work, 'argument', Quiet('one'))
    begin('nasty', nasty)
    begin('blocking', blocking)
    begin('counting', counting)
session = set()


def loop():
    local_of_loop = 'local of loop'
    while True:
        line = sys.stdin.readline()
        if not line:
            return local_of_loop
        before = (sys.exc_info(), ctypes.get_errno())
        result = do(line.split())
        if line.startswith('start'):
            session.update([control.request, control.answer])
            result = '%d %d %d' % (result, control.request, control.answer)
        assert before == (sys.exc_info(), ctypes.get_errno())
        print('%s' % (result,))
        sys.stdout.flush()


print(' '.join(['%s=%d' % item for item in idents.items()]) or 'ready')
sys.stdout.flush()
loop()
