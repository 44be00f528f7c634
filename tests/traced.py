"""Recorded metrics, made up: tables, and what reads them."""

from __future__ import annotations

from lifespec_compiler.simulate.trace import Trace
from lifespec_runtime.simulation.traces import read_trace

BEGAN = 1_793_610_000
HEAD = "time,revision,check,good,total\n"


def rows(error_rate: float, hours: float = 40, *, restarts: float = 1e9) -> list[tuple]:
    """Counters of both sides, a reading a minute, 50 requests a second."""
    found = []
    for role, share, asked in (("stable", 0.001, 2700), ("candidate", error_rate, 300)):
        good = total = 0.0
        for minute in range(int(hours * 60) + 1):
            if minute == restarts * 60:
                good = total = 0.0
            found.append((BEGAN + 60 * minute, role, "errorRate", round(good), round(total)))
            good, total = good + asked * share, total + asked
    return found


def csv(found: list[tuple]) -> bytes:
    return (HEAD + "".join(",".join(map(str, row)) + "\n" for row in found)).encode()


def trace(data: bytes, file: str = "recorded.csv", **options) -> Trace:
    found, findings = read_trace(file, data, **options)
    assert found is not None, findings
    return found
