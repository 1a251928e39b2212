"""A payment worker that hangs: two transfers wait for each other's account, a third thread waits for a reply.

demo/run starts it and looks into it. It writes "ready" to the file descriptor that is its argument when all
three threads are about to block.
"""

import os
import socket
import sys
import threading

about_to_block = threading.Semaphore(0)


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance
        self.lock = threading.Lock()

    def __repr__(self):
        return f"Account({self.owner!r}, {self.balance})"


def transfer(source, target, amount, both_hold_one):
    with source.lock:
        both_hold_one.wait()
        fee = round(amount * 0.01, 2)
        about_to_block.release()
        # Each transfer holds the lock of its source and wants that of its target: they wait for ever.
        with target.lock:
            source.balance -= amount + fee
            target.balance += amount


def fetch_exchange_rate(connection, currency):
    request = f"GET /rates/{currency}\r\n".encode()
    connection.sendall(request)
    about_to_block.release()
    reply = connection.recv(4096)  # the other side never answers
    return float(reply)


def main():
    alice = Account("alice", 120.5)
    bob = Account("bob", 75.0)
    both_hold_one = threading.Barrier(2)
    client, server = socket.socketpair()
    workers = [
        threading.Thread(name="pay bob", target=transfer, args=(alice, bob, 30, both_hold_one)),
        threading.Thread(name="pay alice", target=transfer, args=(bob, alice, 10, both_hold_one)),
        threading.Thread(name="exchange rates", target=fetch_exchange_rate, args=(client, "EUR")),
    ]
    for worker in workers:
        worker.daemon = True
        worker.start()
    for _ in workers:
        about_to_block.acquire()
    if len(sys.argv) > 1:
        ready = int(sys.argv[1])
        os.write(ready, b"ready\n")
        os.close(ready)
    for worker in workers:
        worker.join()
    server.close()


if __name__ == "__main__":
    main()
