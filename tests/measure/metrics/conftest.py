from __future__ import annotations

import numpy as np
import pytest

from lifespec_runtime.measure.estimate import Estimate, Undefined
from measuring import measure


@pytest.fixture(scope="session")
def value():
    """`value(metric, sample)` is its value without an interval; fails where it is undefined."""

    def measured(metric, sample, **parameters):
        result = measure(metric, sample, parameters, None)
        assert isinstance(result, Estimate), result
        return result.value

    return measured


@pytest.fixture(scope="session")
def reason():
    """`reason(metric, sample)` says why it is undefined; fails where it is not."""

    def told(metric, sample, **parameters):
        result = measure(metric, sample, parameters)
        assert isinstance(result, Undefined), result
        return result.reason

    return told


@pytest.fixture
def random():
    return np.random.default_rng(5)
