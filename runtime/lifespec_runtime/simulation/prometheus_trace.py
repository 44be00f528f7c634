"""Recorded metrics from Prometheus' answer to a range query."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Final

from lifespec_compiler import series
from lifespec_compiler.simulate.trace import Role, slower
from lifespec_schema.loader import show_value

from .readings import Reading, Readings
from .trace_flaws import Flaws

_REQUESTS: Final = series.REQUESTS.name
_BUCKETS: Final = f"{series.LATENCY.name}_bucket"
_EVERYTHING: Final = "+Inf"


def prometheus(data: bytes, flaws: Flaws, candidate: str | None) -> Readings:
    """What the two series of the servers say in an answer, or in a list of answers."""
    matrix = _matrix(data, flaws)
    if matrix is None:
        return {}
    begins: dict[str, float] = {}
    values: dict[tuple[str, str, str], dict[str, dict[float, float]]] = defaultdict(lambda: defaultdict(dict))
    for labels, points in matrix:
        revision, name = labels.get("revision", ""), labels.get("__name__", "")
        if not revision or name not in (_REQUESTS, _BUCKETS):
            continue
        instance = labels.get("instance", "") + labels.get("pod", "")
        key = labels.get("le", "") if name != _REQUESTS else labels.get("code", "")
        for at, value in points:
            begins[revision] = min(at, begins.get(revision, at))
            values[revision, name, instance][key][at] = value
    if not begins:
        flaws.add("trace-empty", f"there is no `{_REQUESTS}` with a `revision` here", "query it by its name")
        return {}
    chosen = candidate or max(begins, key=lambda revision: (begins[revision], revision))
    if chosen not in begins or (
        candidate is None and len(begins) > 1 and list(begins.values()).count(begins[chosen]) > 1
    ):
        message = f"which of {', '.join(sorted(map(show_value, begins)))} is the candidate is not clear"
        flaws.add("trace-unknown-revision", message, "name its label")
        return {}
    found: Readings = defaultdict(list)
    for (revision, name, instance), by_key in values.items():
        role: Role = "candidate" if revision == chosen else "stable"
        counted = _errors(by_key) if name == _REQUESTS else _slower(by_key)
        for check, readings in counted:
            found[role, check, instance] += readings
    return found


def _errors(by_code: Mapping[str, Mapping[float, float]]) -> Iterator[tuple[str, list[Reading]]]:
    """Requests that were answered with an error of the server, of all. A code's counter begins with the first of it."""
    times = sorted({at for readings in by_code.values() for at in readings})
    total, failed = [0.0] * len(times), [0.0] * len(times)
    for code, readings in by_code.items():
        latest = 0.0
        for index, at in enumerate(times):
            latest = readings.get(at, latest)
            total[index] += latest
            failed[index] += latest if code.startswith("5") or not code[:1].isdigit() else 0.0
    yield (
        "errorRate",
        [Reading(at, round(bad), round(all_)) for at, bad, all_ in zip(times, failed, total, strict=True)],
    )


def _slower(by_bound: Mapping[str, Mapping[float, float]]) -> Iterator[tuple[str, list[Reading]]]:
    """Requests that took longer than each of a histogram's bounds, of all."""
    all_ = by_bound.get(_EVERYTHING, {})
    for bound, readings in by_bound.items():
        if bound != _EVERYTHING and _count_like(bound):
            yield (
                slower(float(bound)),
                [Reading(at, round(all_[at] - value), round(all_[at])) for at, value in readings.items() if at in all_],
            )


def _count_like(bound: str) -> bool:
    try:
        return float(bound) > 0
    except ValueError:
        return False


def _matrix(data: bytes, flaws: Flaws) -> list[tuple[dict[str, str], list[tuple[float, float]]]] | None:
    """The series of one answer, or of a list of answers."""
    try:
        document = json.loads(data)
        answers = document if isinstance(document, list) else [document]
        found = []
        for answer in answers:
            kind = answer["data"]["resultType"]
            found += [
                (one["metric"], [(float(at), float(value)) for at, value in one["values"]])
                for one in {"matrix": answer["data"]["result"]}[kind]
            ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"this is no answer of Prometheus to a range query: {show_value(str(error))}"
        flaws.add("trace-not-read", message, "save what `/api/v1/query_range` answers")
        return None
    return [(labels, [one for one in readings if isfinite(one[1])]) for labels, readings in found]
