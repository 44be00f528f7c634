"""Work divided between processes: the results and their order are those of one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

ENOUGH = 16
"""Folders of specs for which another process is worth its start."""


def useful_processes(folders: int) -> int:
    """How many processes make compiling so many folders faster on this machine."""
    available = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(available, folders // ENOUGH))


@contextmanager
def processes(count: int) -> Iterator[Run]:
    """Something like `map` that has so many processes do the work."""
    if count < 2:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Elsewhere than on Linux a fork is not safe; a process that starts anew only takes longer.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_follow_the_first)
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def _follow_the_first() -> None:
    """Leave interrupts to the process that was started first, and end with it however it ends.

    Otherwise one that outlives it could still put files in place while the next run writes them.
    """
    import signal
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    first = parent_process()
    if first:
        wait([first.sentinel])
        os._exit(1)
