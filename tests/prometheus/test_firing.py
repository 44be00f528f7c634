"""Each alert fires when it should, with its texts, and does not fire next to that."""

from __future__ import annotations

import pytest
import yaml

from prometheus.cases import MINUTE, PAIRS, POD, RECONCILED, Story, phase, requests, series, weight
from prometheus.units import alone, key, raised, rule_of, unit_test

pytestmark = pytest.mark.usefixtures("agent_landed")

OTHER_POD = 'pod="churn-2", instance="10.0.0.2:8080"'


@pytest.fixture
def groups(planned, rule_file):
    """The groups of the plan that raises every alert."""
    return yaml.safe_load(rule_file(planned()))["groups"]


@pytest.fixture
def told(promtool, groups):
    """`told(wanted, story, fires)`: what promtool says against an alert that fires, or does not."""

    def run(wanted, story, *, fires):
        alerts = [raised(rule_of(groups, wanted), story)] if fires else []
        rules = yaml.safe_dump({"groups": alone(groups, wanted, story.step)})
        return promtool(rules.encode(), unit_test(story, wanted[0], alerts))

    return run


@pytest.mark.parametrize("wanted", PAIRS, ids=" ".join)
def test_an_alert_fires_and_its_neighbour_does_not(wanted, told):
    assert told(wanted, PAIRS[wanted].fires, fires=True) == ""
    assert told(wanted, PAIRS[wanted].quiet, fires=False) == ""


def test_no_alert_lacks_a_pair_and_no_pair_an_alert(groups):
    assert {key(rule) for group in groups for rule in group["rules"] if "alert" in rule} == set(PAIRS)


def test_promtool_would_notice(told):
    pair = PAIRS["LifespecRolloutHeld", ""]
    assert "FAILED" in told(("LifespecRolloutHeld", ""), pair.fires, fires=False)
    assert "FAILED" in told(("LifespecRolloutHeld", ""), pair.fires._replace(shown=["r2"]), fires=True)


def on_another_pod(name):
    """The same series, scraped from another pod."""
    return name.replace(POD, OTHER_POD)


def test_what_two_pods_say_is_one_alert(told):
    wanted = ("LifespecMonitorBreached", "scores")
    breached = series("lifespec_monitor_breached", monitor="scores")
    story = Story({breached: "1x5", on_another_pod(breached): "1x5"}, 2 * MINUTE)
    assert told(wanted, story, fires=True) == ""


COUNTER = series("lifespec_rollbacks_total", cause="errors")
ROLLBACK = {"labels": {"cause": "errors"}, "shown": ["errors"]}


@pytest.mark.parametrize(
    ("story", "fires"),
    [
        pytest.param(Story({COUNTER: "_x99 1x20"}, 105 * MINUTE, **ROLLBACK), True, id="a first one, never counted"),
        pytest.param(
            Story({COUNTER: "3x99 stale", on_another_pod(COUNTER): "_x100 3x20"}, 105 * MINUTE), False, id="no new one"
        ),
        pytest.param(
            Story({COUNTER: "3x60 stale", on_another_pod(COUNTER): "_x61 3x30 4x20"}, 105 * MINUTE, **ROLLBACK),
            True,
            id="a new one after a restart",
        ),
    ],
)
def test_a_rollback_is_told_once_whoever_counts_it(story, fires, told):
    assert told(("LifespecRolledBack", ""), story, fires=fires) == ""


LOST = {RECONCILED: "0+60x10 stale"}


@pytest.mark.parametrize(
    ("phases", "fires"),
    [
        pytest.param(phase("Canary(2)", "1x10 stale"), True, id="in a canary step"),
        pytest.param(phase("Promoting", "1x10 stale"), True, id="while promoting"),
        pytest.param(phase("Shadow", "1x10 stale"), False, id="in shadow, where nobody gets its answers"),
        pytest.param(phase("Done", "1x10 stale") | phase("Promoting", "1x5 stale"), False, id="after a promotion"),
        pytest.param(phase("Held", "1x10 stale") | weight("10x10 stale"), True, id="held with traffic"),
        pytest.param(phase("Held", "1x10 stale") | weight("0x10 stale"), False, id="held in shadow"),
        pytest.param({}, False, id="without a rollout"),
    ],
)
def test_a_page_for_a_lost_agent_only_while_a_candidate_has_traffic(phases, fires, told):
    story = Story({**LOST, **phases}, 40 * MINUTE, labels={"stream": "r1"}, shown=["r1"])
    assert told(("LifespecRolloutUnguarded", ""), story, fires=fires) == ""


def test_requests_are_missed_also_where_no_agent_says_that_there_should_be_some(told):
    seen = {name: f"{values} stale" for name, values in requests("0+60x30", "0x30").items()}
    wanted = ("LifespecRequestsAbsent", "")
    assert told(wanted, Story(seen, 60 * MINUTE), fires=True) == ""
    assert told(wanted, Story({}, 60 * MINUTE), fires=False) == ""


def test_a_bootstrap_is_not_the_hundred_per_cent_of_a_rollout_that_goes_on(told):
    story = Story({**phase("Canary(3)", "1x30"), **weight("100x30")}, 10 * MINUTE)
    assert told(("LifespecBootstrapHeld", ""), story, fires=False) == ""


def test_the_newest_of_two_models_tells_the_age(told):
    trained = "lifespec_stable_trained_timestamp_seconds"
    pair = PAIRS["LifespecModelStale", ""]
    newer = {series(trained, revision="old"): "0x500", series(trained, revision="new"): "864000x500"}
    assert told(("LifespecModelStale", ""), pair.fires._replace(series=newer), fires=False) == ""
