"""Runs all checks in this Python:  inside.py LIBRARY SEED ROUNDS"""

from __future__ import print_function

import random
import sys
import time

import harness
import robustness
import test_asyncio
import test_dump
import test_instances
import test_limits
import test_lookups
import test_numbers
import test_numpy
import test_objects
import test_pools


def main():
    library, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    started = time.time()
    checks = harness.Checks(harness.Decoder(library))
    modules = (test_numbers, test_instances, test_objects, test_limits, test_numpy, test_dump, test_lookups, test_asyncio,
               test_pools)
    for module in modules:
        module.check(checks, random.Random(seed))
    robustness.check(checks, random.Random(seed), rounds)
    for failure in checks.failures[:10] + checks.failures[10:][-10:]:
        print("  " + failure.encode("ascii", "backslashreplace").decode("ascii"))
    print("%d checks, %d failed, %.1f s" % (checks.count, len(checks.failures), time.time() - started))
    return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main())
