"""A cross-field rule holds wherever its mapping stands, in each branch of a union."""

from __future__ import annotations

import pytest

from lifecycles import plans_of, small

STRATEGIES = [
    {"steps": [{"weight": "10%", "hold": "4h"}]},
    {"strategy": "blueGreen", "hold": "4h"},
    {"strategy": "direct", "hold": "4h"},
    {"strategy": "abTest", "weight": "10%", "duration": "4h"},
]


@pytest.mark.parametrize("strategy", STRATEGIES, ids=["canary", "blueGreen", "direct", "abTest"])
@pytest.mark.parametrize(
    ("guard", "rule"),
    [
        ({}, "check-without-bound"),
        ({"max": "1%", "against": "stable"}, "contradiction"),
        ({"min": 0.3, "max": 0.2}, "contradiction"),
    ],
    ids=["no bound", "against without a relative bound", "min above max"],
)
def test_a_guard_is_judged_in_every_strategy(strategy, guard, rule):
    document = small(rollout={**strategy, "guards": [{"metric": "errorRate", "window": "15m", **guard}]})
    _, findings = plans_of(document)
    assert [(found.rule, found.place.path[:4]) for found in findings] == [(rule, ("spec", "rollout", "guards", 0))]
