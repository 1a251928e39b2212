"""The same function called from two lines: first it waits for a line of input; then it makes the file that is the argument."""
import sys


def work(number):
    if number == 2:
        open(sys.argv[1], 'w').close()
    else:
        print('ready')
        sys.stdout.flush()
    return sys.stdin.readline()


def main():
    work(1)
    work(2)


main()
