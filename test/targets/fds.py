"""Opens one file descriptor of every kind, prints as one line of JSON what it knows of each, and waits for stdin to end.

Each entry: {"fd": ..., and what the description of it must contain}. Python 3.9 or later, Linux 5.3 or later.
Usage: fds.py [--net]; with --net only what a network namespace matters for.
"""
import ctypes
import fcntl
import json
import os
import select
import signal
import socket
import struct
import sys
import tempfile

libc = ctypes.CDLL(None, use_errno=True)
entries = []
kept = []


def keep(thing):
    kept.append(thing)
    return thing


def number(thing):
    return thing if isinstance(thing, int) else thing.fileno()


def expect(thing, kind, **members):
    fd = number(keep(thing))
    # The oracle is what the program itself asks of the kernel.
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    entries.append(dict(
        fd=fd, kind=kind, closeOnExec=bool(fcntl.fcntl(fd, fcntl.F_GETFD) & fcntl.FD_CLOEXEC),
        access=['O_RDONLY', 'O_WRONLY', 'O_RDWR'][flags & 3],
        nonblocking=bool(flags & os.O_NONBLOCK), append=bool(flags & os.O_APPEND), members=members))
    return fd


def call(name, *args):
    result = getattr(libc, name)(*args)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def address(pair):
    return '%s:%d' % (pair[0] if '.' in pair[0] and ':' not in pair[0] else '[%s]' % pair[0], pair[1])


def stream(family, host):
    """A listening socket, and both ends of a connection to it with 5 bytes that nobody has read."""
    server = socket.socket(family)
    server.bind((host, 0))
    server.listen(7)
    client = socket.socket(family)
    client.connect(server.getsockname())
    accepted, _ = server.accept()
    client.sendall(b'hello')
    # Loopback delivers at once; but only what is there is waited for, not how long it takes.
    select.select([accepted], [], [])
    name = 'AF_INET6' if family == socket.AF_INET6 else 'AF_INET'
    more = dict(family=name, type='SOCK_STREAM')
    expect(server, 'socket', state='LISTEN', local=address(server.getsockname()), remote=None, **more)
    expect(client, 'socket', state='ESTABLISHED', local=address(client.getsockname()),
           remote=address(client.getpeername()), receiveQueue=0, peerFd=accepted.fileno(), **more)
    expect(accepted, 'socket', state='ESTABLISHED', local=address(accepted.getsockname()),
           remote=address(accepted.getpeername()), receiveQueue=5, peerFd=client.fileno(), **more)
    return client


def queue(sock, request):
    """Bytes in a queue, as the kernel counts them for the program itself."""
    return struct.unpack('i', fcntl.ioctl(sock, request, bytes(4)))[0]


def closing():
    """The other side has sent 5 bytes and its end: 2 of them are read. Then one whose own end is on its way."""
    server = socket.socket()
    server.bind(('127.0.0.1', 0))
    server.listen(1)
    client = socket.create_connection(server.getsockname())
    accepted, _ = server.accept()
    client.sendall(b'hello')
    client.shutdown(socket.SHUT_WR)
    ended = select.poll()
    ended.register(accepted, select.POLLRDHUP)
    ended.poll()
    accepted.recv(2)
    expect(accepted, 'socket', state='CLOSE_WAIT', receiveQueue=3, sendQueue=0, family='AF_INET')
    keep(client)

    client = socket.create_connection(server.getsockname())
    reader, _ = server.accept()
    client.setblocking(False)
    sent = 0
    try:
        while True:
            sent += client.send(bytes(1 << 20))
    except BlockingIOError:
        pass
    client.shutdown(socket.SHUT_WR)
    FIONREAD, SIOCOUTQ = 0x541B, 0x5411
    # All is there or still to be sent, once what is there was acknowledged. The end, which the kernel counts, is no byte.
    while queue(client, SIOCOUTQ) + queue(reader, FIONREAD) != sent + 1:
        pass
    expect(client, 'socket', state='FIN_WAIT1', sendQueue=sent - queue(reader, FIONREAD), receiveQueue=0)
    expect(reader, 'socket', state='ESTABLISHED', receiveQueue=queue(reader, FIONREAD), sendQueue=0)
    keep(server)


def sockets(directory):
    client = stream(socket.AF_INET, '127.0.0.1')
    stream(socket.AF_INET6, '::1')
    closing()
    half = socket.socket()
    half.bind(('127.0.0.1', 0))
    half.listen(1)
    left = socket.create_connection(half.getsockname())
    right, _ = half.accept()
    right.shutdown(socket.SHUT_WR)
    left.recv(1)
    keep(half)
    expect(left, 'socket', state='CLOSE_WAIT', family='AF_INET')
    keep(right)

    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(('127.0.0.1', 0))
    expect(udp, 'socket', family='AF_INET', type='SOCK_DGRAM', local=address(udp.getsockname()), remote=None, state='UNCONNECTED')
    connected = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    connected.connect(('::1', 9))
    expect(connected, 'socket', family='AF_INET6', type='SOCK_DGRAM', local=address(connected.getsockname()[:2]), remote='[::1]:9', state='CONNECTED')

    path = directory + '/a b.sock'
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(3)
    expect(server, 'socket', family='AF_UNIX', type='SOCK_STREAM', local=path, state='LISTEN')
    abstract = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    abstract.bind('\0sleeper-%d' % os.getpid())
    expect(abstract, 'socket', family='AF_UNIX', type='SOCK_DGRAM', local='@sleeper-%d' % os.getpid(), state='UNCONNECTED')
    one, two = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    expect(one, 'socket', family='AF_UNIX', type='SOCK_SEQPACKET', local=None, remote=None, state='CONNECTED')
    two.send(bytes(16))
    expect(two, 'socket', family='AF_UNIX', type='SOCK_SEQPACKET', state='CONNECTED', sendQueue=None)

    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    netlink.bind((0, 5))
    expect(netlink, 'socket', family='AF_NETLINK', type='SOCK_RAW', remote=None,
           local='pid %d groups 0x5' % netlink.getsockname()[0])
    if os.geteuid() == 0:
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
        expect(raw, 'socket', family='AF_INET', type='SOCK_RAW')
        packet = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
        expect(packet, 'socket', family='AF_PACKET', type='SOCK_RAW')
    return client


def files(directory):
    path = directory + '/file'
    with open(path, 'wb') as file:
        file.write(b'0123456789')
    fd = os.open(path, os.O_RDWR | os.O_APPEND)
    os.lseek(fd, 4, os.SEEK_SET)
    expect(fd, 'file', path=path, deleted=False, offset=4, size=10, inode=os.fstat(fd).st_ino)
    os.set_inheritable(expect(os.open(path, os.O_RDONLY), 'file', path=path), True)
    entries[-1]['closeOnExec'] = False

    gone = os.open(directory + '/gone', os.O_CREAT | os.O_WRONLY)
    os.unlink(directory + '/gone')
    expect(gone, 'file', path=directory + '/gone', deleted=True, size=0)
    really = directory + '/really (deleted)'
    expect(os.open(really, os.O_CREAT | os.O_WRONLY), 'file', path=really, deleted=False)

    expect(os.open(directory, os.O_RDONLY | os.O_DIRECTORY), 'directory', path=directory, size=None)
    expect(os.open('/dev/null', os.O_WRONLY), 'device', path='/dev/null')
    master, slave = os.openpty()
    expect(master, 'tty')
    expect(slave, 'tty', path=os.ttyname(slave))


def pipes(directory):
    reader, writer = os.pipe()
    inode = os.fstat(reader).st_ino
    expect(reader, 'pipe', inode=inode, end='read', path=None, otherFds=[writer])
    expect(writer, 'pipe', inode=inode, end='write', path=None, otherFds=[reader])
    fifo = directory + '/fifo'
    os.mkfifo(fifo)
    both = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    expect(both, 'pipe', path=fifo, end='both', inode=os.fstat(both).st_ino, otherFds=[])


def anonymous(client, directory):
    expect(call('eventfd', 5, os.O_CLOEXEC | os.O_NONBLOCK), 'eventfd', count='5')

    timer = call('timerfd_create', 1, 0)
    setting = struct.pack('qqqq', 2, 500000000, 4000, 0)
    call('timerfd_settime', timer, 0, setting, None)
    expect(timer, 'timerfd', clock='CLOCK_MONOTONIC', intervalMs=2500)
    expect(call('timerfd_create', 0, 0), 'timerfd', clock='CLOCK_REALTIME', intervalMs=None, nextMs=None)

    mask = (ctypes.c_ulong * 16)()
    for signum in (signal.SIGTERM, signal.SIGUSR1, signal.SIGRTMIN + 1):
        mask[0] |= 1 << (signum - 1)
    expect(call('signalfd', -1, mask, 0), 'signalfd', signals=['SIGUSR1', 'SIGTERM', 'SIGRTMIN+1'])

    notify = call('inotify_init1', 0)
    os.mkdir(directory + '/watched')
    for name in (directory, directory + '/watched'):
        call('inotify_add_watch', notify, name.encode(), 0x100)
    expect(notify, 'inotify', watches=2)

    memory = os.memfd_create('scratch')
    os.write(memory, b'abc')
    expect(memory, 'memfd', path='/memfd:scratch', deleted=False, size=3, offset=3)
    expect(os.pidfd_open(os.getppid()), 'pidfd', pid=os.getppid())

    epoll = select.epoll()
    epoll.register(client, select.EPOLLIN | select.EPOLLET)
    epoll.register(notify, select.EPOLLIN | select.EPOLLPRI)
    expect(epoll, 'epoll', interest=sorted([
        {'fd': client.fileno(), 'events': ['EPOLLIN', 'EPOLLET']},
        {'fd': notify, 'events': ['EPOLLIN', 'EPOLLPRI']}], key=lambda entry: entry['fd']))
    expect(os.open('/proc/self/ns/net', os.O_RDONLY), 'other', name=os.readlink('/proc/self/ns/net'))


def main():
    with tempfile.TemporaryDirectory() as directory:
        client = keep(sockets(directory))
        if '--net' not in sys.argv:
            files(directory)
            pipes(directory)
            anonymous(client, directory)
        print(json.dumps(entries), flush=True)
        sys.stdin.read()


main()
