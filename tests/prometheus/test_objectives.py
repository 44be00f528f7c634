"""The error budgets: the workbook's windows and factors, and what promtool computes from them."""

from __future__ import annotations

import math

import pytest
import yaml

from lifespec_compiler.targets.prometheus import objectives, recorded
from lifespec_schema.values.written import duration
from prometheus.cases import HOUR, MINUTE, OWN, POD, burst, requests, weight

WORKBOOK = [
    # budget consumed, long window, short window, burn rate: table 5-8 of the Site Reliability Workbook
    (0.02, "1h", "5m", 14.4),
    (0.05, "6h", "30m", 6),
    (0.10, "1d", "2h", 3),
    (0.10, "3d", "6h", 1),
]


def objective(plan, name):
    return next(slo for slo in plan.spec.monitoring.slos if slo.name == name)


def with_window(window, target="99.9%"):
    """Gives the availability objective another window."""

    def edit(documents):
        for slo in documents["lifecycle"]["spec"]["monitoring"]["slos"]:
            if slo["name"] == "availability":
                slo.update(window=window, target=target)

    return edit


def recording(plan):
    """The recording rules of the availability objective as one group."""
    rules = objectives.recording(plan, objective(plan, "availability"))
    return yaml.safe_dump({"groups": [{"name": "a", "interval": "1m", "rules": rules}]}).encode()


def values(expr, at, expected):
    """A test of promtool that an expression has one value at a time."""
    samples = [{"labels": labels, "value": value} for labels, value in expected.items()]
    return {"expr": expr, "eval_time": duration(at), "exp_samples": samples}


def test_thirty_days_are_the_workbook_s_own(planned):
    found = objectives.burns(objective(planned(), "availability"))
    assert [(duration(one.long), duration(one.short), one.factor) for one in found] == [row[1:] for row in WORKBOOK]


@pytest.mark.parametrize(("burn", "row"), list(zip(objectives.WORKBOOK, WORKBOOK, strict=True)))
def test_each_burn_rate_uses_up_the_workbook_s_share_of_the_budget(burn, row):
    assert math.isclose(burn.factor * burn.long / objectives.MONTH, row[0])
    assert burn.long == 12 * burn.short


@pytest.mark.parametrize("window", ["7d", "14d", "28d", "90d"])
def test_another_window_uses_up_the_same_shares(planned, window):
    slo = objective(planned(with_window(window)), "availability")
    for burn, (share, *_) in zip(objectives.burns(slo), WORKBOOK, strict=True):
        assert abs(burn.factor * burn.long / slo.window - share) <= 0.05 * share
        assert burn.long % MINUTE == burn.short % MINUTE == 0


@pytest.mark.parametrize("window", ["1h", "1d", "7d"])
def test_no_window_is_shorter_than_scrapes_can_fill(planned, window):
    found = objectives.burns(objective(planned(with_window(window)), "availability"))
    assert min(burn.short for burn in found) >= objectives.SHORTEST
    assert all(burn.long > burn.short for burn in found)


@pytest.mark.parametrize("target", ["50%", "80%", "90%", "95%", "99%", "99.99%", "100%"])
def test_an_outage_always_burns_too_fast_and_a_budget_kept_never(planned, target):
    slo = objective(planned(with_window("30d", target)), "availability")
    limits = [objectives.limit(slo, burn) for burn in objectives.burns(slo)]
    assert all(1 - slo.target <= limit < 1 for limit in limits)
    assert limits == sorted(limits, reverse=True)


@pytest.mark.parametrize(
    ("burn", "clean"),
    [
        pytest.param(objectives.WORKBOOK[0], 6 * HOUR, id="14.4 times"),
        pytest.param(objectives.WORKBOOK[1], HOUR, id="6 times"),
        pytest.param(objectives.WORKBOOK[2], HOUR, id="3 times"),
        pytest.param(objectives.WORKBOOK[3], HOUR, id="once"),
    ],
)
@pytest.mark.parametrize(("above", "fires"), [(1.05, True), (0.95, False)], ids=["above", "below"])
def test_each_pair_of_windows_alone_tells_its_burn_rate(planned, promtool, burn, clean, above, fires):
    plan = planned(with_window("30d", "99%"))
    slo, step = objective(plan, "availability"), MINUTE if burn.factor > 1 else 2 * MINUTE
    bad = round(100 * burn.factor * above)
    length = burn.long + 10 * MINUTE
    at = clean + length
    only = objectives.too_fast(plan, slo, burn.speed)
    windows = {duration(burn.long), duration(burn.short)}
    rules = [
        rule
        for rule in objectives.recording(plan, slo)
        if rule["record"] != recorded.BAD_RATIO.name or rule["labels"]["window"] in windows
    ]
    value = {f'{{{OWN}, slo="availability"}}': bad / 10_000} if fires else {}
    tests = {
        "evaluation_interval": duration(step),
        "fuzzy_compare": True,
        "tests": [
            {
                "interval": duration(step),
                "input_series": [
                    {"series": name, "values": text}
                    for name, text in burst("availability", clean, bad, length, step).items()
                ],
                "promql_expr_test": [values(only, at, value)],
            }
        ],
    }
    group = {"name": "a", "interval": duration(step), "rules": rules}
    assert promtool(yaml.safe_dump({"groups": [group]}).encode(), tests) == ""


def test_the_short_windows_end_an_alarm_soon_after_its_cause(planned, promtool):
    plan = planned()
    fast = f"count({objectives.too_fast(plan, objective(plan, 'availability'), 'fast')})"
    series = requests("0+98x60 5980+100x60", "0+2x60 120x60")
    still = {f'{{{OWN}, slo="availability", window="6h"}}': 1}
    tests = {
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": text} for name, text in series.items()],
                "promql_expr_test": [
                    values(fast, 60 * MINUTE, {"{}": 1}),
                    values(fast, 100 * MINUTE, {}),
                    values(f'{{{OWN}, slo="availability", window="6h"}} > bool 0.006', 100 * MINUTE, still),
                ],
            }
        ],
    }
    assert promtool(recording(plan), tests) == ""


def test_mirrored_requests_count_for_nobody_and_a_canary_s_for_the_objective(planned, promtool):
    plan = planned()
    shadow = {
        f'lifespec_requests_total{{{OWN}, {POD}, revision="candidate", code="503"}}': "0+60x30",
        **weight("0x10 10x20"),
    }
    series = requests("0+60x30", "0x30") | shadow
    ratio = f'lifespec:slo_bad_requests:ratio{{{OWN}, slo="availability", window="5m"}}'
    counted = f'lifespec:slo_requests:rate{{{OWN}, slo="availability"}}'
    tests = {
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": text} for name, text in series.items()],
                "promql_expr_test": [
                    values(ratio, 8 * MINUTE, {ratio: 0}),
                    values(counted, 8 * MINUTE, {counted: 1}),
                    values(ratio, 20 * MINUTE, {ratio: 0.5}),
                    values(counted, 20 * MINUTE, {counted: 2}),
                ],
            }
        ],
    }
    assert promtool(recording(plan), tests) == ""


def test_what_is_left_of_the_budget(planned, promtool):
    plan = planned(with_window("1d", "90%"))
    slo = objective(plan, "availability")
    rules = [*objectives.recording(plan, slo), *objectives.remaining(plan, slo)]
    group = yaml.safe_dump({"groups": [{"name": "a", "interval": "1m", "rules": rules}]}).encode()
    left = f'lifespec:slo_error_budget_left:ratio{{{OWN}, slo="availability"}}'
    budget = f'lifespec:slo_error_budget:ratio{{{OWN}, slo="availability"}}'
    tests = {
        "evaluation_interval": "1m",
        "fuzzy_compare": True,
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": name, "values": text} for name, text in requests("0+95x60", "0+5x60").items()
                ],
                "promql_expr_test": [values(left, HOUR, {left: 0.5}), values(budget, HOUR, {budget: 0.1})],
            }
        ],
    }
    assert promtool(group, tests) == ""


def test_without_a_budget_nothing_can_be_left_of_it(planned):
    assert objectives.remaining(planned(), objective(planned(with_window("30d", "100%")), "availability")) == []


@pytest.mark.parametrize(
    ("threshold", "labels"),
    [
        pytest.param("120ms", ["0.12"], id="a fraction"),
        pytest.param("2s", ["2", "2.0"], id="whole seconds, as both kinds of client write them"),
        pytest.param("1m30s", ["90", "90.0"], id="more than a minute"),
    ],
)
def test_the_bucket_of_a_threshold_is_found_however_it_is_written(planned, promtool, threshold, labels):
    def edit(documents):
        for slo in documents["lifecycle"]["spec"]["monitoring"]["slos"]:
            if slo["name"] == "speed":
                slo["threshold"] = threshold

    plan = planned(edit)
    rules = objectives.recording(plan, objective(plan, "speed"))
    group = yaml.safe_dump({"groups": [{"name": "a", "interval": "1m", "rules": rules}]}).encode()
    bad = f'lifespec:slo_bad_requests:rate{{{OWN}, slo="speed"}}'
    for le in labels:
        series = {
            f'lifespec_request_seconds_count{{{OWN}, {POD}, revision="stable"}}': "0+120x20",
            f'lifespec_request_seconds_bucket{{{OWN}, {POD}, revision="stable", le="{le}"}}': "0+60x20",
            f'lifespec_request_seconds_bucket{{{OWN}, {POD}, revision="stable", le="0.0{le}"}}': "0+10x20",
        }
        tests = {
            "evaluation_interval": "1m",
            "tests": [
                {
                    "interval": "1m",
                    "input_series": [{"series": name, "values": text} for name, text in series.items()],
                    "promql_expr_test": [values(bad, 10 * MINUTE, {bad: 1})],
                }
            ],
        }
        assert promtool(group, tests) == ""
