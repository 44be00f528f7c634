"""Metrics of requests; two revisions answer different requests, so their difference is one of independent values."""

from __future__ import annotations

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from . import drift, shares
from .independent import independent
from .intervals import counts
from .measured import Measured, Metric, Outcome, Parameters, flaw
from .sample import Sample


def _latency(share: float) -> Metric:
    def measure(sample: Sample, _: Parameters, level: float | None) -> Outcome:
        times = sample.seconds
        wrong = flaw(sample, times=times)
        if wrong or times is None:
            return wrong or Undefined("there are no requests")
        if times.min() < 0:
            return Undefined("a request took less than no time", len(times))
        count = len(times)
        place = min(max(int(np.ceil(round(share * count, 9))) - 1, 0), count - 1)
        places = counts.ranks(count, share, level) if level else (None, None)
        wanted = sorted({place, *(each for each in places if each is not None)})
        ordered = np.partition(times, wanted)
        low, high = (float("nan") if each is None else float(ordered[each]) for each in places)
        note = "" if None not in places else "there are too few requests to bound so high a percentile"
        return Measured(float(ordered[place]), count, count, low, high, note=note)

    return independent(measure)


def _errors(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    failed = sample.failed
    if failed is None or not len(failed):
        return Undefined("there are no requests")
    return shares.share(sample, failed, None, level, "there are no requests")


def _throughput(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    period = sample.period
    if period is None or not period > 0 or not np.isfinite(period):
        return Undefined("the period in which the requests came is not known", sample.rows)
    answered = sample.rows if sample.failed is None else int(np.count_nonzero(~sample.failed))
    low, high = counts.poisson(answered, level) if level else (np.nan, np.nan)
    return Measured(answered / period, sample.rows, sample.rows, float(low) / period, float(high) / period)


def _disagreement(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    wrong = flaw(sample, classes=sample.classes, stable=sample.stable)
    if wrong or sample.classes is None:
        return wrong or Undefined("there are no requests")
    return shares.share(sample, np.asarray(sample.classes != sample.stable), None, level, "there are no requests")


METRICS: dict[str, Metric] = {
    "latencyP50": _latency(0.5),
    "latencyP90": _latency(0.9),
    "latencyP95": _latency(0.95),
    "latencyP99": _latency(0.99),
    "errorRate": independent(_errors),
    "throughput": independent(_throughput),
    "disagreementRate": independent(_disagreement),
    "predictionPsi": independent(drift.prediction_psi),
}
