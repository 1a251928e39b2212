"""Stands still in a frame with values whose repr() does what their names say, until stdin ends. Python 2.7 and later."""
import os
import time


class Works(object):
    def __repr__(self):
        return 'Works, by its own account'


class Raises(object):
    def __repr__(self):
        raise ValueError('no text for you')


class Sleeps(object):
    def __repr__(self):
        time.sleep(1.5)


class Huge(object):
    def __repr__(self):
        return 'x' * 10000000


def stand():
    works = Works()
    raises = Raises()
    sleeps = Sleeps()
    huge = Huge()
    behind = Works()
    os.write(1, b'ready\n')
    os.read(0, 1)
    return works, raises, sleeps, huge, behind


if __name__ == '__main__':
    stand()
