"""What pools of threads have yet to do: compared with what they were given."""

from __future__ import print_function

import threading
import time
from multiprocessing.pool import ThreadPool

import harness

try:
    from concurrent.futures import ThreadPoolExecutor
except ImportError:  # 2.7
    ThreadPoolExecutor = None

MOST_TOLD = 4096  # MAX_WORK, src/pools.c


def pools_in(answer):
    """What is told of each pool by its queue: all that its frames say together."""
    pools = {}
    for thread in answer["threads"]:
        for frame in thread["frames"]:
            pool = frame.get("pool")
            if pool is None:
                continue
            told = pools.setdefault(pool["queue"], {"most": None, "work": []})
            told["most"] = pool["most"] if told["most"] is None else told["most"]
            told["work"] += pool.get("work", [])
            told.setdefault("truncated", pool.get("workTruncated"))
    return pools


def check_pool(c, queue, most, work, what):
    pools = pools_in(harness.parse(c.decoder.dump(harness.LOCALS)))
    told = pools.get("0x%x" % harness.address_of(queue), {})
    c.equal(told.get("most"), most, "how many threads may work, " + what)
    c.equal(told.get("work"), work[:MOST_TOLD], "what is yet to be done, " + what)
    truncated = {"shown": MOST_TOLD, "total": len(work)} if len(work) > MOST_TOLD else None
    c.equal(told.get("truncated"), truncated, "what of that is not told, " + what)


def until(condition):
    deadline = time.time() + 20
    while not condition() and time.time() < deadline:
        time.sleep(0.001)


def check_executor(c, workers, before, waiting):
    executor, go, begun = ThreadPoolExecutor(workers), threading.Event(), threading.Semaphore(0)

    def block():
        begun.release()
        go.wait()

    for future in [executor.submit(int) for _ in range(before)]:
        future.result()
    for _ in range(workers):
        executor.submit(block)
    for _ in range(workers):
        begun.acquire()
    futures = [executor.submit(int) for _ in range(waiting)]
    work = ["0x%x" % harness.address_of(future) for future in futures]
    check_pool(c, executor._work_queue, workers, work, "%d after %d in an executor" % (waiting, before))
    go.set()
    executor.shutdown()


def check_thread_pool(c, workers, waiting):
    pool, go, begun = ThreadPool(workers), threading.Event(), threading.Semaphore(0)

    def block():
        begun.release()
        go.wait()

    for _ in range(workers):
        pool.apply_async(block)
    for _ in range(workers):
        begun.acquire()
    results = [pool.apply_async(int) for _ in range(waiting)]
    until(lambda: pool._inqueue.qsize() == waiting)
    check_pool(c, pool._inqueue, workers, [result._job for result in results], "%d in a ThreadPool" % waiting)
    go.set()
    pool.close()
    pool.join()


def check(c, rng):
    for waiting in (0, 1, rng.randrange(2, 20), MOST_TOLD + 1):
        if ThreadPoolExecutor is not None:
            check_executor(c, 2, rng.randrange(0, 30), waiting)
        check_thread_pool(c, 3, min(waiting, 50))
