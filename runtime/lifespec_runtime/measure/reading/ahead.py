"""Reading the next rows while something is done with these: decoding and counting take about as long as each other."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Generator[T, None, None]) -> Generator[T, None, None]:
    """The items, each made in a thread of its own while the one before is used. There are never more than two.

    What making one raises is raised where it would have been the next. Whoever leaves early waits for the one that is
    being made, and no other is.
    """
    end = object()
    with closing(items), ThreadPoolExecutor(1, "reading") as reader:
        coming = reader.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = reader.submit(next, items, end)
            yield item  # type: ignore[misc] # no item is `end`
