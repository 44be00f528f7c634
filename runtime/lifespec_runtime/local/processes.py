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
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_leave_interrupts_to_the_first)
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_first() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
