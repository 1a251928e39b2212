"""Starts a child when a line comes, waits for it, and prints how it ended. Prints "ready" first; ends when stdin does."""
import os
import sys

print('ready')
sys.stdout.flush()
for line in iter(sys.stdin.readline, ''):
    child = os.fork()
    if child == 0:
        os._exit(7)
    print(os.waitpid(child, 0)[1] >> 8)
    sys.stdout.flush()
