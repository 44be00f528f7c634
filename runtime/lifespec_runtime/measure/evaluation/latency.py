"""Latency: how long one request of so many rows takes, measured where the model answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import Result, Undefined
from lifespec_runtime.measure.metrics import measure
from lifespec_runtime.measure.metrics.sample import Floats, Sample
from lifespec_runtime.measure.reading.arrow import integers

from .detail import Histogram, Latency, Series, figure
from .measured import Measured, level
from .naming import named

WARM_UP: Final = 30
"""Requests that are not counted: the first ones load code and fill caches."""
REQUESTS: Final = 500
"""Enough to bound the 99th percentile from both sides at the level that is usual."""
FEWEST: Final = 400
"""So many are made even if they take a while."""
PATIENCE: Final = 20.0
"""Seconds after which no more than the fewest are made."""
LONGEST: Final = 60.0
"""Seconds after which none is made; what is missing then has no interval."""
BARS: Final = 40

Ask = Callable[[Any], object]
"""Asks the model once."""


def timed(ask: Ask, table: Any, batch: int, clock: Callable[[], float] = time.perf_counter) -> Floats:
    """The seconds of each request: as many rows of the table at a time, one request after the other."""
    pieces = [_piece(table, batch, number) for number in range(min(REQUESTS, max(1, table.num_rows)))]
    start = clock()
    for number in range(WARM_UP):
        if clock() - start < PATIENCE:
            ask(pieces[number % len(pieces)])
    found: list[float] = []
    start = clock()
    while len(found) < REQUESTS:
        passed = clock() - start
        if found and (passed > LONGEST or (passed > PATIENCE and len(found) >= FEWEST)):
            break
        piece = pieces[len(found) % len(pieces)]
        before = clock()
        ask(piece)
        found.append(clock() - before)
    return np.asarray(found)


def _piece(table: Any, batch: int, number: int) -> Any:
    """The next rows of the table, from its start again after its end."""
    return table.take(integers((np.arange(batch) + number * batch) % table.num_rows))


def checks(plan: Plan) -> Iterator[tuple[str, str, float | None, int]]:
    """The name, the metric, the confidence and the batch of every offline check of latency."""
    offline = plan.spec.evaluation.offline
    for gate in offline.gates:
        metric = named(plan, gate.metric)
        if metric is not None and metric.facts.percentile is not None:
            yield gate.name or gate.metric, metric.metric, gate.confidence, 1
    for percentile in ("p50", "p90", "p95", "p99"):
        if offline.latency is not None and getattr(offline.latency, percentile) is not None:
            yield f"latency.{percentile}", f"latency{percentile.upper()}", None, offline.latency.batch


def latency(plan: Plan, seconds: Callable[[int], Floats | Undefined]) -> Iterator[Measured]:
    """The measurements of every check of latency; `seconds` times requests of so many rows."""
    for name, metric, confidence, batch in checks(plan):
        times = seconds(batch)
        if isinstance(times, Undefined):
            found: Result = times
        else:
            found = measure(metric, Sample(seconds=times), {}, level(confidence))
        yield Measured(name, None, "value", found, found)


def detail(times: Floats, batch: int, transport: str) -> Latency:
    """What a page shows of the times of requests."""
    sample = Sample(seconds=times)
    quantiles = tuple((f"p{share}", figure(measure(f"latencyP{share}", sample))) for share in (50, 90, 95, 99))
    high = float(np.quantile(times, 0.995))
    low = float(times.min())
    counts, edges = np.histogram(times[times <= high], BARS, (low, high if high > low else low + 1e-6))
    above = int(np.count_nonzero(times > high))
    bars = Histogram(
        "request", "seconds", tuple(edges.tolist()), (Series("requests", tuple(counts.tolist())),), above=above
    )
    return Latency(batch, WARM_UP, len(times), transport, quantiles, bars)
