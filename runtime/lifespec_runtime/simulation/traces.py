"""Recorded metrics from CSV, Parquet and answers of Prometheus, as `docs/deciding/simulating.md` says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Final

from lifespec_compiler.simulate.trace import Trace, trace_of
from lifespec_schema.findings import Finding
from lifespec_schema.loader import show_value

from .counters import Counted
from .prometheus_trace import prometheus
from .table_trace import csv_table, parquet_table
from .trace_flaws import Flaws

LONGEST: Final = 366 * 86400.0
"""Seconds. The engine is asked at every minute of them."""
_TABLES: Final[dict[str, Callable[[bytes, Flaws], Counted]]] = {".csv": csv_table, ".parquet": parquet_table}


def read_trace(file: str, data: bytes, *, candidate: str | None = None) -> tuple[Trace | None, tuple[Finding, ...]]:
    """The recording in a file, told by its ending, or what is wrong with it.

    `candidate`: its `revision` in Prometheus; default: the one that begins last. A table says it itself.
    """
    flaws, path = Flaws(file), PurePath(file)
    ending, found = path.suffix.lower(), Counted()
    if ending in _TABLES:
        found = _TABLES[ending](data, flaws)
    elif ending == ".json":
        found = prometheus(data, flaws, candidate)
    else:
        message = f"{show_value(path.name)} has none of the endings that are known"
        flaws.add("trace-not-read", message, "`.csv`, `.parquet` or `.json`, not compressed")
    if not flaws.findings:
        _check(found, flaws)
    if flaws.findings:
        return None, flaws.findings
    return trace_of(path.name, found.increments, found.began), ()


def _check(found: Counted, flaws: Flaws) -> None:
    """Whether there is something that can be replayed, and errors are what was counted as errors."""
    if not any(one.role == "candidate" for one in found.increments):
        message = "there are not two moments of the candidate here between which something was counted"
        flaws.add("trace-empty", message, "record from before its first request")
    if found.ended - found.began > LONGEST:
        days = (found.ended - found.began) / 86400
        flaws.add("trace-too-long", f"{days:,.0f} days lie between the first moment and the last one", "at most a year")
    to_stable = [one for one in found.increments if one.counted == "errorRate" and one.role == "stable"]
    failed, all_ = sum(one.good for one in to_stable), sum(one.total for one in to_stable)
    if 2 * failed > all_:
        message = f"{failed:,} of {all_:,} requests to stable failed, it says"
        flaws.add("trace-mostly-errors", message, "under `good` of `errorRate`, count the requests that failed")
