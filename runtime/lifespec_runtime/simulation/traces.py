"""Recorded metrics from CSV, Parquet and answers of Prometheus.

CSV and Parquet have the columns

- `time`: seconds since 1970, or RFC 3339;
- `revision`: `candidate` or `stable`;
- `check`: what is counted: a check's name, `errorRate`, another metric's name, or `latency>0.12` for requests that
  took longer than 120 ms;
- `good` and `total`: counters, so many with the property of so many since the server started. Where a counter falls,
  its server has started anew, and counts from 0;
- `instance`, where several servers count by themselves.

Prometheus' answer to a range query is a JSON document with a matrix of `lifespec_requests_total{revision, code}` and
`lifespec_request_seconds_bucket{revision, le}`; which revision is the candidate is told by its label, or it is the one
that begins last.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import import_module
from itertools import pairwise
from math import isfinite
from typing import Any, Final

from lifespec_compiler.simulate.trace import Increment, Role, Trace, trace_of
from lifespec_schema.findings import Finding
from lifespec_schema.loader import show_value

from .prometheus_trace import prometheus
from .readings import Reading, Readings
from .trace_flaws import Flaws

COLUMNS: Final = ("time", "revision", "check", "good", "total")
ROLES: Final[Mapping[str, Role]] = {"candidate": "candidate", "stable": "stable"}


def read_trace(file: str, data: bytes, *, candidate: str | None = None) -> tuple[Trace | None, tuple[Finding, ...]]:
    """The recording in a file, told by its ending, or what is wrong with it. `candidate`: its label in Prometheus."""
    flaws = Flaws(file)
    found: Readings = {}
    if file.endswith(".csv"):
        found = _rows(_csv(data, flaws), flaws)
    elif file.endswith(".parquet"):
        found = _rows(_parquet(data, flaws), flaws)
    elif file.endswith(".json"):
        found = prometheus(data, flaws, candidate)
    else:
        flaws.add(
            "trace-not-read",
            f"{show_value(file)} has none of the endings that are known",
            "`.csv`, `.parquet`, `.json`",
        )
    if flaws.findings:
        return None, tuple(flaws.findings)
    increments = [one for key, readings in sorted(found.items()) for one in _increments(key, readings)]
    if not any(one.role == "candidate" for one in increments):
        flaws.add(
            "trace-empty", "there are not two moments of the candidate here", "record from before its first request"
        )
        return None, tuple(flaws.findings)
    began = min(reading.at for readings in found.values() for reading in readings)
    return trace_of(file.rpartition("/")[2], increments, began), ()


def _increments(key: tuple[Role, str, str], readings: list[Reading]) -> Iterator[Increment]:
    """What was counted between two readings; a counter that fell began anew from 0."""
    role, counted, _ = key
    ordered = sorted(readings)
    for before, after in pairwise(ordered):
        restarted = after.total < before.total or after.good < before.good
        good, total = (after.good, after.total) if restarted else (after.good - before.good, after.total - before.total)
        if total:
            yield Increment(after.at, role, counted, min(good, total), total)


def _rows(rows: Iterator[tuple[int, Mapping[str, Any]]], flaws: Flaws) -> Readings:
    found: Readings = defaultdict(list)
    for line, row in rows:
        missing = [column for column in COLUMNS if row.get(column) in (None, "")]
        if missing:
            columns = ", ".join(f"`{column}`" for column in missing)
            flaws.add("trace-missing-column", f"there is no {columns} here", f"the columns: {', '.join(COLUMNS)}", line)
            if line <= 2:
                return {}
            continue
        role = ROLES.get(str(row["revision"]))
        if role is None:
            message = f"{show_value(str(row['revision']))} is neither `candidate` nor `stable`"
            flaws.add("trace-unknown-revision", message, "say with these words which side it is of", line)
            continue
        reading = _reading(row["time"], row["good"], row["total"], flaws, line)
        if reading is not None:
            found[role, str(row["check"]), str(row.get("instance") or "")].append(reading)
    return found


def _reading(time: object, good: object, total: object, flaws: Flaws, line: int) -> Reading | None:
    at, counts = _seconds(time), [_count(good), _count(total)]
    if at is None:
        flaws.add(
            "trace-bad-time", f"{show_value(str(time))} is no time", "`1793610000` or `2026-11-02T09:00:00Z`", line
        )
        return None
    if None in counts or (counts[0] or 0) > (counts[1] or 0):
        message = f"{show_value(str(good))} of {show_value(str(total))} are no counts"
        flaws.add("trace-bad-count", message, "whole numbers, `good` no more than `total`", line)
        return None
    return Reading(at, counts[0] or 0, counts[1] or 0)


def _seconds(value: object) -> float | None:
    if isinstance(value, datetime):
        return value.timestamp() if value.tzinfo else None
    try:
        found = float(str(value))
    except ValueError:
        return _instant(str(value))
    return found if isfinite(found) and 0 <= found < 1e11 else None


def _instant(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo else None


def _count(value: object) -> int | None:
    try:
        found = float(str(value))
    except ValueError:
        return None
    return round(found) if isfinite(found) and found >= 0 and abs(found - round(found)) < 1e-6 else None


def _csv(data: bytes, flaws: Flaws) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        text = data.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        for row in reader:
            yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as error:
        flaws.add("trace-not-read", f"this is no CSV in UTF-8: {error}", "write it with a header and commas")


def _parquet(data: bytes, flaws: Flaws) -> Iterator[tuple[int, Mapping[str, Any]]]:
    pa: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    try:
        table = parquet.read_table(io.BytesIO(data))
    except (pa.ArrowInvalid, OSError) as error:
        flaws.add(
            "trace-not-read", f"this is no Parquet: {str(error).splitlines()[0]}", "write it with pyarrow or DuckDB"
        )
        return
    yield from enumerate(table.to_pylist(), start=2)
