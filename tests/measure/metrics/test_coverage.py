"""The short form of `make simulations`: few data sets, so that only what is clearly wrong is seen."""

from __future__ import annotations

import pytest

from lifespec_schema.catalog import METRICS
from simulations import SCENARIOS, report, run

REPLICATIONS = 300
SEED = 7
SHORT = [scenario for scenario in SCENARIOS if scenario.n <= 400 or scenario.metric == "accuracy"]


@pytest.mark.parametrize("scenario", SHORT, ids=lambda each: f"{each.metric}-{each.case}-{each.n}")
def test_intervals_hold_the_true_value(scenario):
    for found in run(scenario, REPLICATIONS, SEED):
        slack = 0 if not found.drawn else 0.04
        assert found.covered >= found.level - report.BELOW - slack, report.line(found)
        if found.rival_covered >= found.level + 0.01:
            assert found.width <= report.WIDER + slack, report.line(found)


def test_every_way_to_make_an_interval_is_simulated_from_its_smallest_n():
    simulated = {}
    for scenario in SCENARIOS:
        facts = METRICS[scenario.metric].uncertainty
        simulated.setdefault(facts.method, []).append(scenario.n >= (facts.smallest or 0))
    methods = {metric.uncertainty.method for metric in METRICS.values()}
    assert methods - set(simulated) == {"none"}
    assert all(all(enough) for enough in simulated.values())
