"""What can be wrong with data, by code, and how it is told."""

from __future__ import annotations

from typing import Final, NamedTuple

CODES: Final = {
    "data-ambiguous-join": "several rows of a source would complete one row of the model",
    "data-bad-encoding": "a text is not UTF-8",
    "data-bad-row": "a row has more or fewer values than there are columns, or is no JSON object",
    "data-corrupt": "a file breaks off, or is damaged, or is of another format than was said",
    "data-duplicate-column": "two columns of a file have one name, so that nobody could tell which is meant",
    "data-empty": "a file, or all of the data, has no rows",
    "data-empty-split": "of the rows with a label none is in train, in validation or in test",
    "data-format": "data is in a format that lifespec does not read",
    "data-missing-column": "a column of the contract is not in the data",
    "data-no-such-file": "there is no data where it should be",
    "data-no-library": "a kind of storage needs a package that is not installed",
    "data-too-many-columns": "a file has more columns than any table of a model has",
    "data-unreachable": "data cannot be read: no permission, or the storage does not answer",
    "data-wrong-labels": "the labels are not those of the problem",
    "data-wrong-type": "a column holds values of another type than its contract says",
}
"""Code -> what is wrong."""

UNREACHED: Final = frozenset({"data-no-such-file", "data-no-library", "data-unreachable", "data-format"})
"""What says nothing about the data: it was not looked at."""


class Flaw(NamedTuple):
    """One thing that is wrong with data, at its first place."""

    code: str
    message: str
    """One sentence. It holds no value of the data."""
    file: str
    row: int | None = None
    """Counts from 1, without a header; None where it is about the whole file."""
    column: str | None = None
    help: str = ""


class UnreadableError(Exception):
    """Data that cannot be read to its end, so that nothing may be concluded from what was read of it."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw
