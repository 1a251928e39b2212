"""Has a thread that Python does not know of, in pause() of the C library. Prints "ready"; ends when stdin does."""
import ctypes
import sys

libc = ctypes.CDLL(None)
thread = ctypes.c_ulong()
libc.pthread_create(ctypes.byref(thread), None, libc.pause, None)
print('ready')
sys.stdout.flush()
sys.stdin.read()
