"""Recorded metrics from tables: a row is what two counters of a server said at a time."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Final, NamedTuple

from lifespec_compiler.simulate.trace import Increment, Role
from lifespec_schema.loader import show_value

from .counters import LATEST, Counted, grown, is_count, is_time
from .trace_flaws import Flaws

COLUMNS: Final = ("time", "revision", "check", "good", "total")
INSTANCE: Final = "instance"
ROLES: Final[Mapping[str, Role]] = {"candidate": "candidate", "stable": "stable"}
_OFTEN: Final = 4
"""A counter that falls at every fourth reading is none: servers do not start anew that often."""
_FEW: Final = 8
"""Readings below which nothing is said of that."""


class _Row(NamedTuple):
    """A row, checked."""

    of: tuple[Role, str, str]
    """Whose, what is counted, on which server."""
    at: float
    good: int
    total: int


def csv_table(data: bytes, flaws: Flaws) -> Counted:
    """From CSV with a header, in UTF-8."""
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True, skipinitialspace=True)
        header = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        if not header:
            flaws.add("trace-empty", "the file is empty", f"its first line names the columns: {', '.join(COLUMNS)}")
            return Counted()
        return _counted(header, ((reader.line_num, row) for row in reader), flaws)
    except UnicodeDecodeError as error:
        flaws.add("trace-not-read", f"this is no text in UTF-8: byte {error.start + 1} is not", "save it as UTF-8")
    except csv.Error as error:
        flaws.add("trace-not-read", f"this is no CSV: {error}", "write it with a header, commas and double quotes")
    return Counted()


def parquet_table(data: bytes, flaws: Flaws) -> Counted:
    """From Parquet, whose rows count as lines."""
    pa: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    try:
        table = parquet.read_table(io.BytesIO(data))
        rows = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError, OverflowError, LookupError) as error:
        message = f"this is no Parquet that can be read: {str(error).partition(chr(10))[0]}"
        flaws.add("trace-not-read", message, "write it with pyarrow or DuckDB, with times that there are")
        return Counted()
    return _counted(table.column_names, enumerate(rows, start=1), flaws)


def _counted(header: Sequence[str], rows: Iterator[tuple[int, Mapping[Any, Any]]], flaws: Flaws) -> Counted:
    """What all rows say together."""
    _check_header(header, flaws)
    if flaws.findings:
        return Counted()
    readings: dict[tuple[Role, str, str], dict[float, dict[str, float]]] = defaultdict(dict)
    for line, row in rows:
        found = _row(line, row, flaws)
        if found is None:
            continue
        said: dict[str, float] = {"good": found.good, "total": found.total}
        if readings[found.of].setdefault(found.at, said) != said:
            message = f"another row says something else of {show_value(found.of[1])} at this moment"
            flaws.add("trace-two-readings", message, f"several servers are told apart by a column `{INSTANCE}`", line)
    moments = [at for found in readings.values() for at in found]
    increments = tuple(one for of, found in sorted(readings.items()) for one in _increments(of, found, flaws))
    return Counted(increments, min(moments), max(moments)) if moments else Counted()


def _increments(
    of: tuple[Role, str, str], readings: Mapping[float, Mapping[str, float]], flaws: Flaws
) -> Iterator[Increment]:
    found = list(grown(readings, lambda _: "row"))
    fell = sum(one.restarted for one in found)
    if len(found) >= _FEW and fell * _OFTEN >= len(found):
        message = f"{show_value(of[1])} of {of[0]} falls {fell:,} times in {len(found) + 1:,} readings: no counter does"
        advice = f"`good` and `total` count since the server started; several servers need a column `{INSTANCE}`"
        flaws.add("trace-no-counter", message, advice)
    for one in found:
        good, total = round(one.by["good"]), round(one.by["total"])
        if total:
            yield Increment(one.at, of[0], of[1], min(good, total), total)


def _check_header(header: Sequence[str], flaws: Flaws) -> None:
    known = (*COLUMNS, INSTANCE)
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        joined = ";" in header[0] or "\t" in header[0] if len(header) == 1 else False
        advice = "the columns are separated by commas" if joined else f"the columns: {', '.join(COLUMNS)}"
        flaws.add("trace-missing-column", f"there is no {_named(missing)} here", advice)
        return
    for column in header:
        if column not in known or header.count(column) > 1:
            message = f"the column {show_value(column)} is there twice" if column in known else ""
            message = message or f"the column {show_value(column)} means nothing here"
            flaws.add("trace-unknown-column", message, f"leave it out; the columns: {', '.join(known)}")


def _row(line: int, row: Mapping[Any, Any], flaws: Flaws) -> _Row | None:
    missing = [column for column in COLUMNS if row.get(column) in (None, "")]
    if missing:
        flaws.add("trace-missing-column", f"there is no {_named(missing)} in this row", "every row has them all", line)
        return None
    if None in row:
        message = f"this row has {len(row[None])} more values than there are columns"
        flaws.add("trace-not-read", message, "numbers have no commas in them", line)
        return None
    role = ROLES.get(str(row["revision"]))
    if role is None:
        message = f"{show_value(str(row['revision']))} is neither `candidate` nor `stable`"
        flaws.add("trace-unknown-revision", message, "say with these words which side it is of", line)
        return None
    at, good, total = _time(row["time"], flaws, line), _count(row["good"]), _count(row["total"])
    if good is None or total is None or good > total:
        message = f"{show_value(str(row['good']))} of {show_value(str(row['total']))} are no counts"
        flaws.add("trace-bad-count", message, "whole numbers, `good` no more than `total`", line)
        return None
    return _Row((role, str(row["check"]), str(row.get(INSTANCE) or "")), at, good, total) if at is not None else None


def _named(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _time(written: object, flaws: Flaws, line: int) -> float | None:
    """Seconds since 1970; None, and a flaw, where it is no time."""
    try:
        found = float(str(written))
    except ValueError:
        return _date(written, flaws, line)
    if is_time(found):
        return found
    advice = "seconds since 1970, such as `1793610000`" + ("; these may be milliseconds" if found >= LATEST else "")
    flaws.add("trace-bad-time", f"{show_value(str(written))} is no time", advice, line)
    return None


def _date(written: object, flaws: Flaws, line: int) -> float | None:
    advice = "`2026-11-02T09:00:00Z`, or seconds since 1970"
    try:
        found = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    except ValueError:
        flaws.add("trace-bad-time", f"{show_value(str(written))} is no time", advice, line)
        return None
    if not found.tzinfo:
        flaws.add("trace-bad-time", f"{show_value(str(written))} has no time zone", advice, line)
        return None
    if is_time(found.timestamp()):
        return found.timestamp()
    flaws.add("trace-bad-time", f"{show_value(str(written))} lies before 1970", advice, line)
    return None


def _count(written: object) -> int | None:
    try:
        found = float(str(written))
    except ValueError:
        return None
    return round(found) if is_count(found) and found.is_integer() else None
