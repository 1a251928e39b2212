"""A shop that is busy: it answers requests, keeps its index up to date and sends mail. For recordings.

usage: shop.py [SECONDS]   without it, until it is ended
"""

import json
import random
import socket
import sys
import threading
import time

chance = random.Random(7)
WORDS = [f"{adjective} {noun}" for adjective in ("red", "small", "old", "loud") for noun in ("kettle", "lamp", "bell")]
# How many things are looked up for a page.
PAGES = {"/": 1, "/cart": 4, "/search": 9}


class Shop:
    def __init__(self):
        self.prices = {word: 3 + len(word) for word in WORDS}
        self.orders = []
        self.index = {}

    def handle(self, path, user):
        basket = self.check(path, user)
        self.order(basket)
        return self.render(basket)

    def check(self, path, user):
        wanted = sorted(WORDS, key=lambda word: chance.random())[: PAGES[path]]
        return {word: self.total(word, user) for word in wanted}

    def total(self, word, user):
        return sum(self.discount(word, user, pieces) for pieces in range(2000))

    def discount(self, word, user, pieces):
        return self.prices[word] * (100 - user % 7) * pieces / 100

    def order(self, basket):
        self.orders = sorted([*self.orders[-3000:], *basket.items()], key=lambda entry: entry[1])

    def render(self, basket):
        return json.dumps([{"word": word, "total": total} for word, total in basket.items()] * 100, indent=1)

    def update_index(self):
        for word in WORDS:
            self.index[word] = self.weigh(word)

    def weigh(self, word):
        letters = [ord(letter) for letter in word * 2000]
        return self.hash_of(letters)

    def hash_of(self, letters):
        return sum(letter * letter for letter in letters)


def serve(shop, until):
    while time.monotonic() < until:
        for _ in range(10):
            shop.handle(chance.choice(list(PAGES)), chance.randrange(100))
        time.sleep(0.02)  # the next customer


def index(shop):
    while True:
        for _ in range(5):
            shop.update_index()
        time.sleep(0.2)


def send_mail(connection):
    connection.recv(4096)  # nothing to send for now


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else float("inf")
    shop = Shop()
    _queue, inbox = socket.socketpair()
    threading.Thread(name="index", target=index, args=(shop,), daemon=True).start()
    threading.Thread(name="mail", target=send_mail, args=(inbox,), daemon=True).start()
    serve(shop, time.monotonic() + seconds)


if __name__ == "__main__":
    main()
