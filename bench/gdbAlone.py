"""Stops a process by gdb, with sleeper's settings, and lets it run on, so many times a second, until SIGINT: what is left
of sleeper's pause if sleeper itself did nothing. Arguments: the process, how often, and a file for the number of stops.
"""
import os
import signal
import subprocess
import sys
import time

pid, hz, output = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
settings = os.path.join(os.path.dirname(__file__), '..', 'gdb-scripts', 'settings.gdb')
ended = []
signal.signal(signal.SIGINT, lambda *_: ended.append(True))
gdb = subprocess.Popen(['gdb', '-nx', '-nh', '-q', '--interpreter=mi3', '-x', settings],
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
received = b''


def wait_for(record):
    global received
    while record not in received:
        more = os.read(gdb.stdout.fileno(), 65536)
        if not more:
            raise SystemExit('gdb has ended')
        received += more
    received = received.partition(record)[2]


def tell(command):
    os.write(gdb.stdin.fileno(), command.encode() + b'\n')


tell('-target-attach %d' % pid)
wait_for(b'\n*stopped')
stops = 0
while not ended:
    tell('-exec-continue')
    wait_for(b'\n*running')
    time.sleep(1 / hz)
    os.kill(pid, signal.SIGSTOP)
    wait_for(b'\n*stopped')
    stops += 1
tell('-target-detach')
tell('-gdb-exit')
gdb.wait()
with open(output, 'w') as file:
    file.write(str(stops))
