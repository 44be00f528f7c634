from __future__ import annotations

from typing import Any

import pytest

from lifespec_runtime.measure.contracts.check import Location, check
from lifespec_runtime.measure.contracts.scan import here
from lifespec_runtime.measure.engines.dask_engine import DaskEngine, dask_engine
from lifespec_runtime.measure.profile import summary

PART_ROWS, PART_BYTES = 700, 30_000


@pytest.fixture(scope="session")
def cluster():
    """An engine with two workers of its own, that takes small data apart."""
    with dask_engine(workers=2) as engine:
        bound: Any = engine
        yield DaskEngine(bound.__self__._client, PART_ROWS, PART_BYTES)


@pytest.fixture
def both(cluster):
    """`both(plan, uri, form, now)` is the report of one process, which that of the cluster is equal to."""

    def run(plan, uri, form, now):
        locations = {plan.spec.data.sources[0].name: Location(str(uri), form, copy=False)}
        one, other = (check(plan, locations, now, judge_copies=True, engine=engine) for engine in (here, cluster.read))
        assert_same(one, other)
        return one

    return run


@pytest.fixture
def same():
    """`same(one, other)` asserts that two reports are equal."""
    return assert_same


def assert_same(one, other):
    """Asserts that two reports say the same: equal, but for sums of floating-point numbers, which are nearly so."""
    assert len(one.sources) == len(other.sources)
    for mine, theirs in zip(one.sources, other.sources, strict=True):
        assert (mine.profile is None) == (theirs.profile is None)
        if mine.profile is not None:
            assert summary.same(mine.profile, theirs.profile)
        assert mine._replace(profile=None, results=[]) == theirs._replace(profile=None, results=[])
        assert list(map(told, mine.results)) == list(map(told, theirs.results))
    assert list(map(told, one.readiness)) == list(map(told, other.readiness))


def told(result):
    """A result with what is a sum rounded."""
    return result._replace(measured=None if result.measured is None else float(f"{result.measured:.9g}"))
