"""Recorded metrics from Prometheus' answers to range queries: a JSON document, or a list of them.

A server's series are told from another's by the labels besides `revision`, `code` and `le`, such as `pod`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import isnan
from typing import Any, Final, NamedTuple

from lifespec_compiler import series
from lifespec_compiler.simulate.trace import Increment, Role, slower
from lifespec_schema.loader import show_value

from .counters import Counted, Grown, grown, is_count, is_time
from .trace_flaws import Flaws

_REQUESTS: Final = series.REQUESTS.name
_BUCKETS: Final = f"{series.LATENCY.name}_bucket"
_DETAIL: Final = {_REQUESTS: "code", _BUCKETS: "le"}
"""By series: the label by which it is divided."""
_EVERYTHING: Final = "+Inf"
_MODEL: Final = ("namespace", "lifecycle")
_SIDES: Final = 2

_Server = tuple[str, frozenset[tuple[str, str]]]
"""A revision, and the labels that tell its servers apart."""
_Counter = tuple[str, str]
"""A series' name, and its code or bound."""


class _Point(NamedTuple):
    """What one counter said at a time."""

    server: _Server
    counter: _Counter
    at: float
    value: float


def prometheus(data: bytes, flaws: Flaws, candidate: str | None) -> Counted:
    """What the two series of the servers say. `candidate`: its revision; default: the one that begins last."""
    readings: dict[_Server, dict[float, dict[_Counter, float]]] = defaultdict(lambda: defaultdict(dict))
    begins: dict[str, float] = {}
    for server, counter, at, value in _points(data, flaws):
        readings[server][at][counter] = value
        begins[server[0]] = min(at, begins.get(server[0], at))
    chosen = _chosen(begins, candidate, flaws)
    if chosen is None or flaws.findings:
        return Counted()
    increments: list[Increment] = []
    for server, found in readings.items():
        role: Role = "candidate" if server[0] == chosen else "stable"
        for one in grown(found, lambda counter: counter[0]):
            increments += _increments(role, one)
    moments = [at for found in readings.values() for at in found]
    return Counted(tuple(increments), min(moments), max(moments))


def _increments(role: Role, found: Grown[_Counter]) -> Iterator[Increment]:
    requests = {code: by for (name, code), by in found.by.items() if name == _REQUESTS}
    buckets = {bound: by for (name, bound), by in found.by.items() if name == _BUCKETS}
    failed = sum(by for code, by in requests.items() if code.startswith("5") or not code[:1].isdigit())
    counted = {"errorRate": (failed, sum(requests.values()))}
    all_ = buckets.pop(_EVERYTHING, 0.0)
    for bound, by in buckets.items():
        seconds = _seconds(bound)
        if seconds is not None:
            counted[slower(seconds)] = (max(0.0, all_ - by), all_)
    for name, (good, total) in counted.items():
        if round(total):
            yield Increment(found.at, role, name, min(round(good), round(total)), round(total))


def _seconds(bound: str) -> float | None:
    try:
        found = float(bound)
    except ValueError:
        return None
    return found if found > 0 else None


def _chosen(begins: Mapping[str, float], candidate: str | None, flaws: Flaws) -> str | None:
    """Which revision is the candidate."""
    if flaws.findings:
        return None
    names = ", ".join(sorted(map(show_value, begins)))
    if not begins:
        flaws.add("trace-empty", f"there is no `{_REQUESTS}` with a `revision` here", "query it by its name")
    elif len(begins) > _SIDES:
        message = f"there are {len(begins)} revisions here: {names}"
        flaws.add("trace-unknown-revision", message, 'query two of them: `{revision=~"one|other"}`')
    elif candidate is not None and candidate not in begins:
        message = f"{show_value(candidate)} is none of the revisions here: {names}"
        flaws.add("trace-unknown-revision", message, "`--candidate` names one of them")
    elif candidate is None and len(begins) == _SIDES and len(set(begins.values())) == 1:
        message = f"which of {names} is the candidate is not clear: they begin together"
        flaws.add(
            "trace-unknown-revision",
            message,
            "query from before the candidate's first request, or name it: `--candidate`",
        )
    else:
        return candidate or max(begins, key=begins.__getitem__)
    return None


def _points(data: bytes, flaws: Flaws) -> Iterator[_Point]:
    """What the series say that are known here, checked."""
    models: set[tuple[str, ...]] = set()
    for labels, values in _matrix(data, flaws):
        name, revision = labels.get("__name__", ""), labels.get("revision", "")
        if name not in _DETAIL or not revision:
            continue
        models.add(tuple(labels.get(label, "") for label in _MODEL))
        detail = _DETAIL[name]
        rest = {label: told for label, told in labels.items() if label not in ("__name__", "revision", detail)}
        server, counter = (revision, frozenset(rest.items())), (name, labels.get(detail, ""))
        for at, value in values:
            if isnan(value):
                continue
            if not is_time(at):
                flaws.add("trace-bad-time", f"{at:g} is no time", "seconds since 1970, as Prometheus answers")
            if not is_count(value):
                flaws.add("trace-bad-count", f"{value:g} of `{name}` is no count", "a counter is never below 0")
            yield _Point(server, counter, at, value)
    if len(models) > 1:
        names = ", ".join(show_value("/".join(model)) for model in sorted(models))
        flaws.add("trace-several-models", f"these are of several models: {names}", "query one, by its `lifecycle`")


def _matrix(data: bytes, flaws: Flaws) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
    """The series of one answer, or of a list of answers."""
    try:
        document = json.loads(data)
        found: list[tuple[dict[str, str], list[tuple[float, float]]]] = []
        for answer in document if isinstance(document, list) else [document]:
            found += _series(answer)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = f"this is no answer of Prometheus to a range query: {show_value(str(error))}"
        flaws.add("trace-not-read", message, "save what `/api/v1/query_range` answers")
        return []
    return found


def _series(answer: Any) -> Iterator[tuple[dict[str, str], list[tuple[float, float]]]]:
    if answer.get("status") == "error":
        raise ValueError(f"Prometheus said: {answer.get('error')}")
    kind = answer["data"]["resultType"]
    if kind != "matrix":
        raise ValueError(f"it is a {kind}, which other queries answer with")
    for one in answer["data"]["result"]:
        labels = {str(label): str(told) for label, told in one["metric"].items()}
        yield labels, [(float(at), float(value)) for at, value in one["values"]]
