"""What the commands in the documents are tried on: threads called worker-1 and index, a function that takes a path and
a user, a lock that is held, and two processes below it, whose command lines have NAME.

usage: documented.py NAME        Prints "ready" and the ids of the two, and ends when stdin does.
"""

import os
import subprocess
import sys
import threading
import time


def handle(path, user):
    amount = len(path)
    with threading.Lock():
        time.sleep(0.02)
    return amount


def worker():
    while True:
        handle("/cart", {"id": 7, "name": "Ada"})


def index():
    while True:
        sum(range(20000))
        time.sleep(0.01)


def main():
    for target, name in ((worker, "worker-1"), (index, "index")):
        thread = threading.Thread(name=name, target=target)
        thread.daemon = True
        thread.start()
    if sys.argv[1] == "below":
        print("ready")
        sys.stdout.flush()
        sys.stdin.read()
        return
    command = [sys.executable, os.path.abspath(__file__), "below", sys.argv[1]]
    below = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    for process in below:
        process.stdout.readline()
    print("ready", *[process.pid for process in below])
    sys.stdout.flush()
    sys.stdin.read()
    for process in below:
        process.communicate()


if __name__ == "__main__":
    main()
