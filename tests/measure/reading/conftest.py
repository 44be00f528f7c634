from __future__ import annotations

import pytest

from lifespec_runtime.measure.reading.columns import Column
from lifespec_runtime.measure.reading.flaws import UnreadableError
from lifespec_runtime.measure.reading.log import Log
from lifespec_runtime.measure.reading.read import find, read

CUSTOMERS = (
    Column("id", "integer"),
    Column("score", "number"),
    Column("name", "string"),
    Column("active", "boolean"),
    Column("day", "date"),
    Column("at", "timestamp"),
)


class Read:
    """What was read of some files."""

    def __init__(self, uri, form, columns):
        self.log, self.chunks, self.stopped = Log(), [], None
        try:
            for chunk in read(find(str(uri), form), form, columns, self.log):
                self.chunks.append(chunk)
        except UnreadableError as error:
            self.stopped = error.flaw

    @property
    def codes(self):
        return sorted({flaw.code for flaw in (*self.log.flaws, *([self.stopped] if self.stopped else []))})

    @property
    def rows(self):
        return sum(chunk.rows for chunk in self.chunks)

    def column(self, name):
        return [value for chunk in self.chunks if name in chunk.values for value in chunk.values[name].to_pylist()]

    def wrong(self, name):
        """The rows with a value of a wrong type."""
        return [
            chunk.row(place)
            for chunk in self.chunks
            for place, wrong in enumerate(chunk.wrong[name].to_pylist() if name in chunk.wrong else ())
            if wrong
        ]


@pytest.fixture
def read_all():
    """`read_all(uri, form)` is all that can be read there, with everything wrong with it."""
    return lambda uri, form, columns=CUSTOMERS: Read(uri, form, columns)


@pytest.fixture
def read_bytes(tmp_path, read_all):
    """`read_bytes(content, form)` reads a file with that content."""

    def run(content, form, columns=CUSTOMERS, name=None):
        file = tmp_path / (name or f"rows.{form}")
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_all(file, form, columns)

    return run
