"""Has a connection to itself whose other side is closed, says "ready", and ends when stdin does."""
import os
import socket
import sys

listener = socket.socket()
listener.bind(('127.0.0.1', 0))
listener.listen(1)
connection = socket.create_connection(listener.getsockname())
listener.accept()[0].close()
os.write(1, b'ready\n')
sys.stdin.read()
