"""What holds of every plan and every report."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.reports import UID, planned, report
from lifecycles import lifecycles, plans_of
from lifespec_compiler.judging import Expected, judge, overall, requirements, skipped
from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Severity
from lifespec_schema.records.report import LifecycleReport
from lifespec_schema.records.types import Revision

PLAN = planned(
    {"metric": "rocAuc", "min": 0.6, "max": 0.99, "name": "auc", "confidence": "95%", "slices": ["plan", "tenure"]},
    {"metric": "logLoss", "max": 0.5, "name": "loss", "against": "stable", "maxRegression": 0.01},
    {"metric": "recall", "against": "team", "minImprovement": 0.05, "maxRelativeRegression": "5%", "name": "recall"},
    fairness=[{"metric": "disparateImpact", "attribute": "plan", "min": 0.8, "name": "fair"}],
    robustness=[
        {
            "perturb": "missingValues",
            "share": "10%",
            "features": "all",
            "metric": "rocAuc",
            "maxRegression": 0.03,
            "name": "robust",
        }
    ],
    latency={"p50": "10ms", "p99": "40ms"},
)
CHECKS = ["auc", "loss", "recall", "fair", "robust", "latency.p50", "latency.p99", "customers.plan-type", "other"]
RANK = {"Fail": 0, "Error": 0, "Inconclusive": 1, "Pass": 2}
"""How far an outcome is from a promotion."""

numbers = st.one_of(st.floats(-1.5, 1.5), st.floats(-1e15, 1e15), st.sampled_from([0.0, 0.6, 0.5, 0.99, 0.01, -0.01]))


@st.composite
def intervals(draw: st.DrawFn) -> dict[str, Any]:
    ends = sorted([draw(numbers), draw(numbers)])
    level = draw(st.sampled_from([0.9, 0.95, 0.8, 1e-9, 1.0]))
    return {"low": ends[0], "high": ends[1], "level": level, "method": "any"}


measurements = st.fixed_dictionaries(
    {"check": st.sampled_from(CHECKS), "samples": st.sampled_from([0, 1, 99, 100, 10**12])},
    optional={
        "slice": st.sampled_from(["plan=basic", "plan=*", "tenure=3", "plan=basic,tenure=3", "nonsense", "=", "\\"]),
        "quantity": st.sampled_from(["difference", "relativeDifference"]),
        "value": numbers,
        "interval": intervals(),
        "rows": st.sampled_from([0, 99, 100, 10**12]),
        "reason": st.text(min_size=1, max_size=20),
    },
)
reports = st.lists(measurements, max_size=30)


@given(
    reports,
    st.sampled_from(["offline", "data", "shadow", "online", "monitor"]),
    st.sampled_from([None, "offline", "data"]),
    st.booleans(),
)
def test_every_bound_gets_a_verdict_from_any_report(measured, tier, expected_tier, stable):
    expected = Expected(tier=expected_tier, stable=stable)
    verdicts = judge(PLAN, report(*measured, tier=tier), expected)
    judged = {(verdict.check, verdict.path) for verdict in verdicts}
    required = {(found.check, found.path) for found in requirements(PLAN, expected_tier or tier)}
    left = (
        {(found.check, found.path) for found in skipped(PLAN, expected)}
        if (expected_tier or tier) == "offline"
        else set()
    )
    assert judged == required - left
    for verdict in verdicts:
        assert verdict.outcome in RANK
        assert bool(verdict.reason) or verdict.outcome in ("Pass", "Fail")
        assert verdict.path[:2] in (("spec", "evaluation"), ("spec", "data"))


@settings(max_examples=20)  # drawing and planning whole specs is what takes time
@given(lifecycles(), reports, st.sampled_from(["offline", "data"]))
def test_every_plan_can_be_judged(document, measured, tier):
    for plan in plans_of(document)[0]:
        whole = report(*measured, tier=tier, lifecycle=plan.name).model_copy(
            update={"metadata": report().metadata.model_copy(update={"namespace": plan.namespace})}
        )
        verdicts = judge(plan, whole)
        assert {verdict.check for verdict in verdicts} == {found.check for found in requirements(plan, tier)}
        assert overall(verdicts) != "Pass"


@given(reports, st.randoms(use_true_random=False))
def test_the_order_of_the_measurements_does_not_matter(measured, chance):
    shuffled = list(measured)
    chance.shuffle(shuffled)
    assert judge(PLAN, report(*measured)) == judge(PLAN, report(*shuffled))


@given(reports)
def test_what_was_not_measured_never_passes(measured):
    whole = judge(PLAN, report(*measured))
    for gone in {item["check"] for item in measured}:
        rest = judge(PLAN, report(*(item for item in measured if item["check"] != gone)))
        assert all(verdict.outcome == "Error" for verdict in rest if verdict.check == gone)
        assert [found for found in rest if found.check != gone] == [found for found in whole if found.check != gone]
    for verdict in whole:
        if verdict.outcome == "Pass":
            assert any(item["check"] == verdict.check and "value" in item for item in measured)


GATES: dict[str, tuple[dict[str, Any], str, int]] = {
    "auc": ({"metric": "rocAuc", "min": 0.5}, "min", 1),
    "fpr": ({"metric": "falsePositiveRate", "max": 0.5}, "max", -1),
    "rise": ({"metric": "rocAuc", "against": "majorityClass", "minImprovement": 0.5}, "min_improvement", 1),
    "fall": ({"metric": "falsePositiveRate", "against": "majorityClass", "maxRegression": 0.5}, "max_regression", -1),
}
"""By name: a gate, what is called its bound in the plan, and which way a value gets better."""


@cache
def written(name: str, *, confident: bool) -> Plan:
    return planned({**GATES[name][0], "name": name, **({"confidence": "95%"} if confident else {})})


def rank(name: str, bound: float, value: float, span: dict[str, Any], *, confident: bool) -> int:
    """How far a value is from a promotion, under a bound."""
    gate, side, _ = GATES[name]
    plan = written(name, confident=confident)
    plan = replace(
        plan, checks=tuple(replace(check, **{side: bound}) if check.name == name else check for check in plan.checks)
    )
    quantity = {"quantity": "difference"} if "against" in gate else {}
    (verdict,) = judge(plan, report({"check": name, "value": value, "interval": {**span, "level": 0.9}, **quantity}))
    return RANK[verdict.outcome]


some_gate, share, little = st.sampled_from(sorted(GATES)), st.floats(0, 1), st.floats(0, 0.2)


@given(some_gate, share, share, little, little, st.booleans(), share)
def test_a_better_value_is_never_judged_worse(name, value, better, below, above, confident, bound):
    value, better = sorted([value, better], key=lambda found: GATES[name][2] * found)
    worse, best = (
        rank(name, bound, at, {"low": at - below, "high": at + above, "method": "any"}, confident=confident)
        for at in (value, better)
    )
    assert best >= worse


@given(some_gate, share, share, share, intervals(), st.booleans())
def test_a_stricter_bound_is_never_more_lenient(name, one, other, value, span, confident):
    side = GATES[name][1]
    strict, lax = sorted([one, other], reverse=side in ("min", "min_improvement"))
    assert rank(name, strict, value, span, confident=confident) <= rank(name, lax, value, span, confident=confident)


@given(some_gate, share, share, share)
def test_an_interval_that_is_decided_is_decided_alike_at_each_of_its_points(name, bound, one, other):
    low, high = sorted([one, other])
    span = {"low": low, "high": high, "method": "any"}
    sure = rank(name, bound, (low + high) / 2, span, confident=True)
    if sure != RANK["Inconclusive"]:
        for value in (low, (low + high) / 2, high):
            assert rank(name, bound, value, span, confident=False) == sure


REVISION = Revision(model=f"sha256:{'a' * 64}", serving=f"sha256:{'b' * 64}")
GOOD = {"check": "auc", "value": 0.9}


@pytest.mark.parametrize(
    ("spec", "expected", "reason"),
    [
        pytest.param({"lifecycle": "other"}, Expected(), "the report is of growth/other", id="another lifecycle"),
        pytest.param({"tier": "data"}, Expected(tier="offline"), "of the tier data, not offline", id="another tier"),
        pytest.param({"tier": "shadow"}, Expected(tier="offline"), "of the tier shadow", id="a live tier"),
        pytest.param(
            {"uid": UID.replace("0f", "1f")}, Expected(uid=UID), "a lifecycle with the UID 1f", id="another uid"
        ),
        pytest.param({}, Expected(revision=REVISION), "another revision", id="no revision"),
        pytest.param(
            {"revision": {"model": f"sha256:{'c' * 64}", "serving": REVISION.serving}},
            Expected(revision=REVISION),
            "another revision",
            id="another model",
        ),
    ],
)
def test_a_report_of_something_else_has_nothing_but_errors(spec, expected, reason):
    plan = planned({"metric": "rocAuc", "min": 0.8, "name": "auc"})
    (verdict,) = judge(plan, report(GOOD, **spec), expected)
    assert verdict.outcome == "Error"
    assert reason in verdict.reason


def test_a_report_of_what_was_expected_is_judged():
    whole = report(GOOD, revision=REVISION.model_dump())
    plan = planned({"metric": "rocAuc", "min": 0.8, "name": "auc"})
    (verdict,) = judge(plan, whole, Expected("offline", UID, REVISION))
    assert verdict.outcome == "Pass"


OTHER = Revision(model=f"sha256:{'c' * 64}", serving=REVISION.serving)


@pytest.mark.parametrize(
    ("stable", "outcomes", "reason"),
    [
        pytest.param(REVISION, ["Pass", "Pass"], "", id="the one that serves"),
        pytest.param(OTHER, ["Pass", "Error"], "it was compared with another stable model", id="another model"),
        pytest.param(
            REVISION.model_copy(update={"serving": OTHER.model}),
            ["Pass", "Error"],
            "it was compared with another stable model",
            id="the same model, served otherwise",
        ),
        pytest.param(None, ["Pass", "Error"], "the report does not name the stable model", id="none is named"),
    ],
)
def test_a_difference_to_another_stable_model_says_nothing(stable, outcomes, reason):
    gate = {"metric": "rocAuc", "min": 0.8, "name": "auc", "against": "stable", "maxRegression": 0.01}
    plan = planned(gate, {"metric": "rocAuc", "against": "majorityClass", "minImprovement": 0.1, "name": "better"})
    differences = [{"check": name, "quantity": "difference", "value": 0.3} for name in ("auc", "better")]
    named = {} if stable is None else {"stable": stable.model_dump()}
    measured = report(GOOD, *differences, **named)
    absolute, relative, baseline = judge(plan, measured, Expected(stable_revision=REVISION))
    assert [absolute.outcome, relative.outcome] == outcomes
    assert (relative.reason, relative.value) == (reason, None if reason else 0.3)
    assert baseline.outcome == "Pass"
    assert {one.outcome for one in judge(plan, measured)} == {"Pass"}


def test_a_report_of_another_namespace_has_nothing_but_errors():
    plan = planned({"metric": "rocAuc", "min": 0.8, "name": "auc"})
    document = report(GOOD).model_dump(mode="json", by_alias=True)
    document["metadata"]["namespace"] = "ops"
    (verdict,) = judge(plan, LifecycleReport.model_validate(document))
    assert (verdict.outcome, verdict.reason) == ("Error", "the report is of ops/churn, not of growth/churn")


@pytest.mark.parametrize(
    ("bootstrap", "stable", "outcomes"),
    [
        pytest.param(None, True, ["Pass", "Error"], id="there is a stable: it must be measured"),
        pytest.param(None, False, ["Pass"], id="no stable: the absolute bounds only"),
        pytest.param({"relativeGates": "skip"}, False, ["Pass"], id="said so"),
        pytest.param({"relativeGates": "refuse"}, False, ["Pass", "Inconclusive"], id="a person decides"),
        pytest.param({"relativeGates": "refuse"}, True, ["Pass", "Error"], id="refuse is about first models only"),
    ],
)
def test_a_first_model_is_held_to_what_bootstrap_says(bootstrap, stable, outcomes):
    gate = {"metric": "rocAuc", "min": 0.8, "name": "auc", "against": "stable", "maxRegression": 0.01}
    plan = planned(gate, **({"bootstrap": bootstrap} if bootstrap else {}))
    missing = {"check": "auc", "quantity": "difference", "samples": 0, "reason": "there is no stable model"}
    verdicts = judge(plan, report(GOOD, missing), Expected(stable=stable))
    assert [verdict.outcome for verdict in verdicts] == outcomes
    assert len(skipped(plan, Expected(stable=stable))) == 2 - len(outcomes)


def test_nothing_judged_is_no_pass():
    assert overall(()) == "Inconclusive"
    (verdict,) = judge(planned({"metric": "rocAuc", "min": 0.8, "name": "auc"}), report(GOOD))
    assert overall([verdict]) == "Pass"
    assert overall([verdict._replace(severity=Severity.INFO)]) == "Inconclusive"


@pytest.mark.parametrize(
    ("outcomes", "whole"),
    [
        (["Pass", "Pass"], "Pass"),
        (["Pass", "Inconclusive"], "Inconclusive"),
        (["Error", "Inconclusive", "Pass"], "Error"),
        (["Error", "Fail", "Pass"], "Fail"),
    ],
)
def test_the_whole_is_as_bad_as_its_worst_part(outcomes, whole):
    (verdict,) = judge(planned({"metric": "rocAuc", "min": 0.8, "name": "auc"}), report(GOOD))
    assert overall([verdict._replace(outcome=outcome) for outcome in outcomes]) == whole
