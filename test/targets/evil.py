"""Waits with a terminal escape, markup and invalid text in every name that it has: its functions, files, modules, variables,
classes, threads, itself. Its functions have names of ten million characters, if it is told to. For Python 3.8 and newer.
"""
import ctypes
import os
import socket
import sys
import tempfile
import threading
import types

EVIL = '\x1b]0;owned\x07\x1b[2J\x9b31m\x00\r\u202e</title><script>owned()</script>&"\'\ud800'
LONG = 'x' * 10_000_000 if sys.argv[1:] == ['long'] else ''

SOURCE = """
def work(first, then):
    value = Thing()
    others = {EVIL: [EVIL, EVIL.encode('utf-8', 'surrogatepass')], 'error': ValueError(EVIL)}
    try:
        raise Trouble(EVIL)
    except Trouble:
        then()
"""


def renamed(code):
    names = tuple(EVIL + name if name in ('value', 'others') else name for name in code.co_varnames)
    constants = tuple(renamed(each) if isinstance(each, types.CodeType) else each for each in code.co_consts)
    changes = {'co_name': EVIL + LONG + code.co_name, 'co_varnames': names, 'co_consts': constants}
    if hasattr(code, 'co_qualname'):
        changes['co_qualname'] = 'Q' + EVIL + LONG + code.co_name
    return code.replace(**changes)


class Parrot(object):
    def __repr__(self):
        return EVIL


module = {
    '__name__': EVIL,
    'EVIL': EVIL,
    'Thing': type('Thing' + EVIL.replace('\x00', '').replace('\ud800', ''), (Parrot,), {}),
    'Trouble': type('Trouble' + EVIL.replace('\x00', '').replace('\ud800', ''), (Exception,), {}),
}
file = '/tmp/' + EVIL.replace('\x00', '').replace('\ud800', '') + '.py'
exec(compile(SOURCE, file, 'exec'), module)
work = types.FunctionType(renamed(module['work'].__code__), module)

named = tempfile.NamedTemporaryFile(suffix='\x1b[2J\x9b31m\n')
listening = socket.socket(socket.AF_UNIX)
listening.bind('\0' + '\x1b[2J\x9b31m%d' % os.getpid())
ctypes.CDLL(None).prctl(15, b'a) \x1b[2J b (', 0, 0, 0)  # PR_SET_NAME

ready = threading.Event()
ended = threading.Event()
threading.Thread(target=work, args=(EVIL, lambda: (ready.set(), ended.wait())), name=EVIL).start()
ready.wait()
os.write(1, b'ready\n')
os.read(0, 1)
ended.set()
