from __future__ import annotations

import threading

import pytest

from lifespec_runtime.measure.reading.ahead import ahead


def test_what_is_read_ahead_comes_in_order():
    assert list(ahead(number for number in range(100))) == list(range(100))
    assert list(ahead(number for number in ())) == []


def test_an_error_comes_where_the_next_item_would():
    def breaking():
        yield 1
        yield 2
        raise OSError("the file breaks off")

    found = ahead(breaking())
    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(OSError, match="breaks off"):
        next(found)


def test_one_item_is_made_ahead_and_no_more():
    made: list[int] = []
    second = threading.Event()

    def slow():
        for number in range(10):
            made.append(number)
            if number == 1:
                second.set()
            yield number

    found = ahead(slow())
    assert next(found) == 0
    assert second.wait(10)
    assert made == [0, 1]
    found.close()


def test_who_leaves_early_leaves_nothing_open():
    closed: list[bool] = []
    threads = threading.active_count()

    def held():
        try:
            yield from range(10)
        finally:
            closed.append(True)

    for number in (found := ahead(held())):
        if number == 3:
            break
    found.close()
    assert (closed, threading.active_count()) == ([True], threads)
