#!/usr/bin/env python3
"""Tests the decoding of values in real Pythons.

usage: run.py LIBRARY [--seed N] [--rounds N] [PYTHON...]

LIBRARY is the agent's sources with export.c (`make values-test` builds it). Without PYTHON, every one
that test/pythons/find lists. Prints a line for each; exits 1 when any fails.
"""

import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FIND = os.path.join(HERE, "..", "..", "..", "test", "pythons", "find")
TIMEOUT_S = 900


def found_pythons():
    lines = subprocess.run([FIND], stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout.splitlines()
    return [line.split("\t")[2] for line in lines]


def run(python, library, seed, rounds):
    command = [python, "-B", os.path.join(HERE, "inside.py"), library, str(seed), str(rounds)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_S,
                            universal_newlines=True, errors="backslashreplace")
    lines = result.stdout.splitlines() or ["no output"]
    if result.returncode < 0:
        lines.append("killed by signal %d" % -result.returncode)
    print("%s %s: %s" % ("ok  " if result.returncode == 0 else "FAIL", python, lines[-1]), flush=True)
    if result.returncode != 0:
        print("\n".join(lines[-40:-1]), flush=True)
    return result.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library")
    parser.add_argument("--seed", type=int, default=20240607)
    parser.add_argument("--rounds", type=int, default=100000)
    parser.add_argument("pythons", nargs="*")
    options = parser.parse_intermixed_args()
    library = os.path.abspath(options.library)
    results = [run(python, library, options.seed, options.rounds) for python in options.pythons or found_pythons()]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
