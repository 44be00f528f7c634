"""The table that a model learns from: read off a CSV file's header and first rows, or made up for a problem."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from lifespec_runtime.local.plain import open_file
from lifespec_schema.loader.escape import show_value
from lifespec_schema.values.identifiers import COLUMN_PATTERN

ROWS = 1000
"""Rows from which the types of columns are guessed."""

_TYPES: Final[Mapping[str, str]] = {
    "boolean": r"(?i)true|false",
    "integer": r"[+-]?\d{1,18}",
    "number": r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?",
    "date": r"\d{4}-\d{2}-\d{2}",
    "timestamp": r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?",
}


class Column(NamedTuple):
    """A column as far as its values tell."""

    name: str
    type: str
    """A logical type of ODCS."""
    required: bool = True
    """Whether no value is missing."""
    unique: bool = False
    """Whether no value is there twice."""
    values: tuple[str, ...] = ()
    """The two values of a column that has two."""


class Table(NamedTuple):
    """A table's name and columns."""

    name: str
    columns: tuple[Column, ...]
    left_out: tuple[str, ...] = ()
    """Columns that cannot be named in a spec, fit to be shown."""

    def names(self, *types: str) -> list[str]:
        """The names of the columns of some types; of all without any."""
        return [column.name for column in self.columns if not types or column.type in types]


class TableError(Exception):
    """The file cannot be read as a table; the message says why."""


def read_table(file: str) -> Table:
    """The table in a CSV file; raises TableError."""
    try:
        with TextIOWrapper(open_file(Path(file)), encoding="utf-8-sig", newline="") as opened:
            head = opened.read(1 << 16)
            opened.seek(0)
            rows = list(islice(csv.reader(opened, delimiter=_delimiter(head)), ROWS + 1))
    except OSError as error:
        raise TableError(f"{show_value(file)} cannot be read: {error.strerror}") from error
    except (csv.Error, UnicodeDecodeError, ValueError) as error:
        raise TableError(f"{show_value(file)} is no CSV file in UTF-8") from error
    if len(rows) < 2:
        raise TableError(f"{show_value(file)} has no header with rows below it")
    return _table(re.sub(r"[^a-z0-9]+", "_", Path(file).stem.lower()).strip("_") or "rows", rows[0], rows[1:])


def _delimiter(head: str) -> str:
    line = head.partition("\n")[0]
    return max(",;\t|", key=line.count)


def _table(name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    columns: dict[str, Column] = {}
    left_out: list[str] = []
    for index, raw in enumerate(header):
        label = raw.strip()
        if label in columns or not re.fullmatch(COLUMN_PATTERN, label, re.ASCII):
            left_out.append(show_value(label))
        else:
            columns[label] = _column(label, [row[index].strip() if index < len(row) else "" for row in rows])
    if len(columns) < 2:
        raise TableError("there are fewer than two columns that a spec can name")
    return Table(name[:60].strip("_"), tuple(columns.values()), tuple(left_out))


def _column(name: str, cells: Sequence[str]) -> Column:
    present = [cell for cell in cells if cell.lower() not in ("", "na", "nan", "null", "none")]
    kinds = (kind for kind, pattern in _TYPES.items() if _all_match(pattern, present))
    different = set(present)
    complete = len(present) == len(cells)
    return Column(
        name,
        next(kinds, "string"),
        required=complete,
        unique=complete and len(different) == len(cells) > 1,
        values=tuple(sorted(different)) if len(different) == 2 else (),
    )


def _all_match(pattern: str, cells: Iterable[str]) -> bool:
    seen = False
    for cell in cells:
        seen = True
        if not re.fullmatch(pattern, cell, re.ASCII):
            return False
    return seen


def sample_table(problem: str) -> Table:
    """A table to start from, for those who name no file."""
    name, columns = _SAMPLES[problem]
    return Table(
        name,
        tuple(
            Column(label, kind, unique=label.endswith("_id") and index == 0)
            for index, (label, kind) in enumerate(columns)
        ),
    )


_SAMPLES: Final[Mapping[str, tuple[str, tuple[tuple[str, str], ...]]]] = {
    "binaryClassification": (
        "customers",
        (
            ("customer_id", "string"),
            ("tenure_months", "integer"),
            ("plan", "string"),
            ("monthly_charges", "number"),
            ("churned", "boolean"),
        ),
    ),
    "multiclassClassification": (
        "tickets",
        (
            ("ticket_id", "string"),
            ("product", "string"),
            ("words", "integer"),
            ("hour", "integer"),
            ("department", "string"),
        ),
    ),
    "regression": (
        "homes",
        (("home_id", "string"), ("area", "number"), ("rooms", "integer"), ("district", "string"), ("price", "number")),
    ),
    "ranking": (
        "results",
        (
            ("result_id", "string"),
            ("query_id", "string"),
            ("popularity", "number"),
            ("price", "number"),
            ("relevance", "integer"),
        ),
    ),
    "forecasting": (
        "days",
        (
            ("date", "date"),
            ("weekday", "integer"),
            ("holiday", "boolean"),
            ("orders_week_before", "integer"),
            ("orders", "integer"),
        ),
    ),
}
