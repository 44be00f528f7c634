"""Latency: what is timed, how often, and what the numbers are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluating import Model, customers, found, ground_of, leaving, pa, plan_for, run
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.evaluation import latency

LATENCY = {"gates": [{"metric": "rocAuc", "min": 0.5}], "latency": {"p50": "1s", "p99": "2s", "batch": 3}}


class Clock:
    """A clock that only a model moves."""

    def __init__(self, lengths: list[float]) -> None:
        self.now, self._lengths, self.asked = 0.0, lengths, []

    def __call__(self) -> float:
        return self.now

    def ask(self, table: Any) -> None:
        self.now += self._lengths[len(self.asked) % len(self._lengths)]
        self.asked.append(table.num_rows)


def timed(lengths: list[float], batch: int = 1, rows: int = 10) -> tuple[Any, Clock]:
    clock = Clock(lengths)
    return latency.timed(clock.ask, pa.table({"x": list(range(rows))}), batch, clock), clock


def test_the_warm_up_is_not_counted() -> None:
    times, clock = timed([9.0] * 0 + [0.001])
    assert len(times) == latency.REQUESTS
    assert len(clock.asked) == latency.REQUESTS + latency.WARM_UP
    assert set(clock.asked) == {1}


def test_requests_have_as_many_rows_as_the_spec_says() -> None:
    _, clock = timed([0.001], batch=64, rows=5)
    assert set(clock.asked) == {64}


@pytest.mark.parametrize(("seconds", "requests"), [(0.001, 500), (0.06, 400), (1.0, 61), (100.0, 1)])
def test_a_slow_model_is_not_asked_for_ever(seconds: float, requests: int) -> None:
    times, _ = timed([seconds])
    assert len(times) == requests
    assert times == pytest.approx(seconds)


def test_quantiles_are_those_of_the_times(tmp_path: Path) -> None:
    times = np.random.default_rng(1).gamma(2, 0.01, 500)
    frame = customers(600)
    on = ground_of(plan_for(frame, "binaryClassification", "churned", LATENCY), frame, tmp_path)
    asked: list[int] = []

    def seconds(batch: int) -> Any:
        asked.append(batch)
        return times

    evaluation = run(on, Model(leaving().answer, seconds))
    assert asked == [3]
    for share in (50, 99):
        one = found(evaluation, f"latency.p{share}")
        assert one.result.value == np.quantile(times, share / 100, method="inverted_cdf")
        assert one.result.interval.low <= one.result.value <= one.result.interval.high
    shown = evaluation.detail.latency
    assert (shown.batch, shown.requests) == (3, 500)
    assert sum(shown.histogram.series[0].counts) + shown.histogram.above == 500


def test_what_cannot_be_timed_has_a_reason(tmp_path: Path) -> None:
    frame = customers(600)
    on = ground_of(plan_for(frame, "binaryClassification", "churned", LATENCY), frame, tmp_path)
    one = found(run(on, leaving()), "latency.p99")
    assert isinstance(one.result, Undefined)
    assert one.result.reason == "not timed"
