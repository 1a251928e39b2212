"""What the gunicorn in docs/tree.md and docs/fds.md serves: a request to charge a card waits for a bank that never answers,
and has started another program that waits, too.
"""
import socket
import subprocess


def charge(connection, card, amount):
    return connection.recv(4096)  # the bank never answers


def application(environ, start_response):
    connection, bank = socket.socketpair()
    log = subprocess.Popen(['gzip'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    charge(connection, '4242...', 30)
    log.communicate()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'charged']
