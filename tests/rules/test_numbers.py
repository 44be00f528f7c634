"""Every number that a rule prints, against a computation that shares no code with it: a simulation, or a count."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lifespec_compiler.engine.bounds import claims
from lifespec_compiler.rules import text
from lifespec_compiler.statistics.sequential import Counts, judge
from lifespec_schema.values.quantities import seconds

MINUTE, HOUR, DAY = 60, 3600, 86400
DURATION = r"(?:\d+(?:ms|s|m|h|d))+"


def length(written: str) -> float:
    """The seconds that a duration stands for."""
    found = seconds(written)
    assert found is not None, f"{written!r} is no duration"
    return found


def durations(message: str) -> list[float]:
    """The durations in a message, in seconds, in order."""
    return [length(found) for found in re.findall(rf"(?<![\w`-]){DURATION}(?!\w)", message)]


def numbers(message: str) -> list[float]:
    """The plain numbers in a message, in order."""
    found = re.findall(r"(?<![\w.`-])\d[\d,]*(?:\.\d+)?(?![\w%.])", message)
    return [float(number.replace(",", "")) for number in found]


def one(findings):
    assert len(findings) == 1
    return findings[0]


@given(st.integers(1, 400 * DAY * 1000))
def test_a_duration_reads_back_as_it_was(milliseconds):
    assert length(text.duration(milliseconds / 1000)) == milliseconds / 1000


@given(st.floats(0.001, 400 * DAY, allow_nan=False))
def test_a_rounded_duration_is_on_the_right_side_and_near(value):
    up, down = length(text.at_least(value)), length(text.at_most(value))
    assert down - 1e-6 <= value <= up + 1e-6
    assert up - value <= max(0.0011, value / 23)
    assert value - down <= max(0.0011, value / 23)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(86400, "1d"), (129600, "1d12h"), (5400, "1h30m"), (0.12, "120ms"), (36.001, "36s1ms"), (0, "1ms")],
)
def test_a_duration_is_written_as_people_write_it(value, shown):
    assert text.duration(value) == shown


def weights(count: int) -> list[int]:
    return [10 * (index + 1) for index in range(count)]


@pytest.mark.parametrize("window", [5, 15, 30, 45, 60, 90, 181])
@pytest.mark.parametrize("limit", [0, 1, 2, 5])
@pytest.mark.parametrize("holds", [(60,), (30, 60), (180, 20, 100)])
def test_a_toothless_guard_is_one_whose_failures_come_too_late(lint_spec, window, limit, holds):
    steps = [{"weight": f"{w}%", "hold": f"{h}m"} for w, h in zip(weights(len(holds)), holds, strict=True)]
    guard = {"name": "watch", "metric": "errorRate", "max": "1%", "window": f"{window}m"}
    patch = yaml.safe_dump({"rollout": {"steps": steps, "guards": [guard], "analysis": {"failureLimit": limit}}})
    failures = [minute for minute in range(1, sum(holds) + 1) if minute % window == 0]  # each window fails
    rolls_back = len(failures) > limit
    found = lint_spec(patch).of("toothless-rollback")
    assert bool(found) is not rolls_back
    if found:
        finding = one(found)
        assert f"failing window {limit + 1}," in finding.message
        assert f"and {len(failures) or 'none'} of its windows" in finding.message
        assert durations(finding.message) == [window * MINUTE, sum(holds) * MINUTE]
        longest = max(w for w in range(1, 2000) if sum(holds) // w > limit) if sum(holds) > limit else 0
        assert longest * MINUTE <= length(finding.fix.value) < (longest + 1) * MINUTE


@pytest.mark.parametrize("rps", [0.1, 2, 40])
@pytest.mark.parametrize("samples", [2, 100, 5000])
def test_a_guard_sees_as_many_requests_as_arrive(lint_spec, rps, samples):
    guard = {"metric": "errorRate", "max": "1%", "window": "15m", "minSamples": samples}
    rollout = {
        "rollout": {"steps": [{"weight": "10%", "hold": "24h"}, {"weight": "50%", "hold": "24h"}], "guards": [guard]}
    }
    found = lint_spec(yaml.safe_dump({"traffic": {"rps": rps}, **rollout})).of("toothless-rollback")
    gap = Fraction(1) / (Fraction(str(rps)) / 2)
    arrivals = sum(1 for index in range(1, samples + 1) if index * gap <= 15 * MINUTE)
    assert bool(found) == (arrivals < samples)
    if found:
        assert numbers(one(found).message)[:1] == [arrivals]
        assert found[0].fix.value == arrivals
        value = length(re.findall(rf"window: ({DURATION})", found[0].help)[0])
        assert samples * gap <= value <= samples * gap * Fraction(24, 23) + 1


@pytest.mark.parametrize("rps", [0.05, 0.5, 12])
@pytest.mark.parametrize("share", [0.05, 1])
@pytest.mark.parametrize("timeout_days", [1, 31, 90])
def test_a_gate_waits_for_its_last_label(lint_spec, rps, share, timeout_days):
    patch = {
        "traffic": {"rps": rps},
        "data": {"labels": {"column": "churned", "delay": {"p95": "30d"}, "share": share}},
        "evaluation": {"online": {"gates": [{"metric": "recall", "min": 0.6, "minSamples": 200}]}},
        "rollout": {"steps": [{"weight": "20%", "hold": "4h", "timeout": f"{timeout_days}d"}]},
    }
    rate = Fraction(str(rps)) * Fraction(1, 5) * Fraction(str(share))
    known = [index / rate + 30 * DAY for index in range(1, 201)]  # when the label of each labelled request is known
    found = lint_spec(yaml.safe_dump(patch)).of("label-delay-gate")
    assert bool(found) == (known[-1] > timeout_days * DAY)
    if found:
        finding = one(found)
        delay, again, collecting, timeout = durations(finding.message)
        assert (delay, again, timeout) == (30 * DAY, 30 * DAY, timeout_days * DAY)
        assert known[-1] - 30 * DAY <= collecting <= (known[-1] - 30 * DAY) * Fraction(24, 23) + 1
        assert known[-1] <= length(finding.fix.value) <= known[-1] * Fraction(24, 23)
        assert numbers(finding.message)[0] == 200
        assert numbers(finding.message)[1] == pytest.approx(float(rate), rel=0.005)


@pytest.mark.parametrize("duration_days", [1, 14, 15, 16, 40])
def test_a_shadow_tier_may_last_twice_its_duration(lint_spec, duration_days):
    shadow = {"mirror": "20%", "duration": f"{duration_days}d", "gates": [{"metric": "recall", "min": 0.6}]}
    labels = {"column": "churned", "delay": {"p95": "30d"}}
    found = lint_spec(
        yaml.safe_dump({"traffic": {"rps": 100}, "data": {"labels": labels}, "evaluation": {"shadow": shadow}})
    )
    decided = 30 * DAY + 100 / Fraction(20)
    assert bool(found.of("label-delay-gate")) == (decided > 2 * duration_days * DAY)
    for finding in found.of("label-delay-gate"):
        assert 2 * length(finding.fix.value) >= decided


@pytest.mark.parametrize("hold_days", [1, 29, 30, 31, 32])
def test_a_guard_on_labels_needs_one_judged_window_before_promotion(lint_spec, hold_days):
    patch = {
        "data": {"labels": {"column": "churned", "delay": {"p95": "30d"}}},
        "rollout": {
            "steps": [{"weight": "20%", "hold": f"{hold_days}d"}],
            "guards": [{"metric": "recall", "min": 0.6, "window": "12h"}],
            "analysis": {"failureLimit": 0},
        },
    }
    judged = [end + 30 * DAY for end in range(12 * HOUR, 90 * DAY, 12 * HOUR)]
    linted = lint_spec(yaml.safe_dump(patch))
    in_time = [time for time in judged if time <= hold_days * DAY]
    assert bool(linted.of("label-delay-gate")) == (not in_time)
    assert linted.of("toothless-rollback") == []
    for finding in linted.of("label-delay-gate"):
        assert length(finding.fix.value) >= judged[0]
        assert durations(finding.message) == [30 * DAY, 12 * HOUR, hold_days * DAY]


@pytest.mark.parametrize("rps", [0.001, 0.02])
def test_a_concept_monitor_sees_as_many_labels_as_arrive(lint_spec, rps):
    monitor = {"name": "decay", "kind": "concept", "metric": "recall", "min": 0.6, "window": "7d", "minSamples": 900}
    log = {"log": "s3://logs/churn/", "time": "ts", "id": "request_id"}
    labels = {"column": "churned", "share": 0.1}
    patch = {
        "traffic": {"rps": rps},
        "data": {"labels": labels},
        "monitoring": {"predictions": log, "monitors": [monitor]},
    }
    gap = 1 / (Fraction(str(rps)) / 10)
    arrivals = sum(1 for index in range(1, 2000) if index * gap <= 7 * DAY)
    found = lint_spec(yaml.safe_dump(patch)).of("label-delay-gate")
    assert bool(found) == (arrivals < 900)
    if found:
        assert numbers(found[0].message)[0] == pytest.approx(arrivals, abs=1)
        assert 900 * gap <= length(found[0].fix.value) <= 900 * gap * Fraction(24, 23)


@pytest.mark.parametrize("length_days", [20, 30, 31, 60, 200])
@pytest.mark.parametrize("rps", [None, 0.01, 0.2])
def test_a_retraining_window_holds_the_rows_that_have_labels(lint_spec, length_days, rps):
    patch = {
        "data": {
            "labels": {"column": "churned", "delay": {"p95": "30d"}, "share": 0.5},
            "readiness": {"minLabeledRows": 20000},
        },
        "retraining": {
            "triggers": [{"name": "weekly", "schedule": "0 3 * * 1"}],
            "window": {"kind": "rolling", "length": f"{length_days}d"},
        },
        **({"traffic": {"rps": rps}} if rps else {}),
    }
    linted = lint_spec(yaml.safe_dump(patch))
    found = linted.of("short-retrain-window")
    if rps is None:
        assert bool(found) == (length_days <= 30)
        assert bool(linted.of("unknown-fact")) == (length_days > 30)
        assert all(length(finding.fix.value) > 30 * DAY for finding in found)
        return
    gap = 1 / (Fraction(str(rps)) / 2)  # between labelled requests
    rows = sum(1 for index in range(1, 20_001) if 30 * DAY < index * gap + 30 * DAY <= length_days * DAY)
    assert bool(found) == (rows < 20000)
    if found:
        assert 20000 * gap + 30 * DAY <= length(found[0].fix.value) <= (20000 * gap + 30 * DAY) * Fraction(24, 23)
        assert found[0].severity.value == ("warning" if length_days > 30 else "error")
        assert durations(found[0].message) == [length_days * DAY, 30 * DAY]
        if length_days > 30:
            shown = numbers(found[0].message)
            assert shown == [pytest.approx(rows, abs=1), pytest.approx(float(1 / gap), rel=0.005), 20000]


STORMS = [
    (kind, cooldown, every, consecutive)
    for kind in ("data", "prediction", "concept")
    for cooldown in (1, 2, 5, 12, 20, 40)
    for every in (1, 4)
    for consecutive in (1, 3)
]


@pytest.mark.parametrize(("kind", "cooldown", "every", "consecutive"), STORMS)
def test_a_storm_is_a_second_firing_while_the_old_model_still_answers(lint_spec, kind, cooldown, every, consecutive):
    """Hour by hour: training 2 x 6 h, rollout 36 h, labels after 10 d, a window of 8 d, an alarm at hour 0."""
    monitor = {"name": "watch", "kind": kind, "window": "8d", "every": f"{every}d"}
    monitor |= {"metric": "recall", "min": 0.6} if kind == "concept" else {}
    search = {"trials": 3, "parallel": 2, "space": {"depth": {"kind": "integer", "low": 2, "high": 8}}}
    image = "registry.example.com/churn-train@sha256:" + "a" * 64
    patch = {
        "traffic": {"rps": 12},
        "data": {"labels": {"column": "churned", "delay": {"p95": "10d"}}},
        "experiments": {"candidates": [{"name": "boosting", "image": image, "search": search, "timebox": "6h"}]},
        "rollout": {"steps": [{"weight": "10%", "hold": "12h"}, {"weight": "50%", "hold": "24h"}]},
        "monitoring": {
            "predictions": {"log": "s3://logs/churn/", "time": "ts", "id": "request_id"},
            "monitors": [monitor],
        },
        "retraining": {
            "triggers": [{"name": "again", "monitor": "watch", "consecutive": consecutive}],
            "cooldown": f"{cooldown}d",
        },
    }
    promoted = 12 + 36

    def answered_by_the_old_model(hour: int) -> int:
        """Of the 192 hours that the monitor looks at."""
        end = hour - (240 if kind == "concept" else 0)
        return sum(1 for answered in range(end - 192, end) if answered < promoted)

    def alarms(hour: int) -> bool:
        if kind == "data":
            return hour < promoted  # from promotion on the reference is the new model's own training data
        return answered_by_the_old_model(hour) > 96

    runs = range(24 * every, 24 * 100, 24 * every)
    row = fired = 0
    for hour in runs:
        row = row + 1 if alarms(hour) else 0
        if row >= consecutive and hour >= 24 * cooldown:
            fired = hour
            break
    found = lint_spec(yaml.safe_dump(patch)).of("retrain-storm")
    if fired:
        assert found, f"the trigger fires again after {fired} h"
    if cooldown % every == 0 and cooldown >= every * consecutive:
        assert bool(found) == bool(fired)
    if found:
        over = next(hour for hour in range(10_000) if not alarms(hour)) * HOUR
        again, lasting, *parts = durations(found[0].message)
        assert lasting == over
        assert sum(parts) == over
        assert again == max(cooldown, every * consecutive) * DAY
        assert over <= length(found[0].fix.value) <= over * Fraction(24, 23)
        sure = (
            over
            if kind == "data"
            else (next(h for h in range(10_000) if answered_by_the_old_model(h) < 192) - 1) * HOUR
        )
        assert found[0].severity.value == ("error" if sure > again else "warning")


GROUPS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(1, 60)), min_size=3, max_size=3)


@given(GROUPS, st.one_of(st.none(), st.integers(1, 90)), st.integers(20, 150))
def test_the_slowest_way_through_the_features_and_the_model(lint_spec, groups, model, budget):
    names = ["tenure_months", "plan", "monthly_charges"]
    features = [
        {
            "name": name,
            "column": name,
            "online": {"source": "feast://x/y", "p99": f"{p99}ms", **({"group": group} if group else {})},
        }
        for name, (group, p99) in zip(names, groups, strict=True)
    ]
    gates = {"gates": [{"metric": "rocAuc", "min": 0.8}], **({"latency": {"p99": f"{model}ms"}} if model else {})}
    patch = {"features": features, "evaluation": {"offline": gates}, "serving": {"latencyBudget": f"{budget}ms"}}
    ways = [
        p99 + sum(q for h, q in groups[:index] + groups[index + 1 :] if h and h == g)
        for index, (g, p99) in enumerate(groups)
    ]
    total = max(ways) + (model or 0)
    found = lint_spec(yaml.safe_dump(patch)).of("latency-budget-exceeded")
    assert bool(found) == (total > budget)
    if found:
        shown = [round(value * 1000) for value in durations(found[0].message)]
        assert shown == [max(ways), *([model, total] if model else []), budget]
        assert found[0].help.endswith(f"`latencyBudget: {total}ms`")
        assert (f"`p99: {budget - max(ways)}ms`" in found[0].help) == (model is not None and max(ways) < budget)


CORES = {"500m": Fraction(1, 2), "1500m": Fraction(3, 2), "2": Fraction(2), "16": Fraction(16), "9": Fraction(9)}


@pytest.mark.parametrize("pod", ["500m", "1500m", "2"])
@pytest.mark.parametrize("quota", ["9", "16"])
@pytest.mark.parametrize("replicas", [(1, 2), (3, 3), (2, 5), (8, 12)])
@pytest.mark.parametrize("parallel", [1, 6])
def test_pods_and_trials_are_counted_against_the_quota(lint_spec, pod, quota, replicas, parallel):
    image = "registry.example.com/churn-train@sha256:" + "a" * 64
    search = {"trials": 9, "parallel": parallel, "space": {"depth": {"kind": "integer", "low": 2, "high": 8}}}
    least, most = replicas
    patch = {
        "serving": {"resources": {"cpu": pod}, "replicas": {"min": least, "max": most}},
        "experiments": {"candidates": [{"name": "b", "image": image, "search": search, "resources": {"cpu": "2"}}]},
    }
    found = lint_spec(yaml.safe_dump(patch), f'environments: [{{name: production, quota: {{cpu: "{quota}"}}}}]')
    by_path = {finding.place.path[1]: finding for finding in found.of("over-capacity")}

    def used(stable: int, candidate: int, trials: int) -> Fraction:
        return sum([CORES[pod]] * (stable + candidate) + [Fraction(2)] * trials, Fraction(0))

    def expected(low: Fraction, high: Fraction) -> tuple[str, Fraction] | None:
        limit = CORES[quota]
        return ("error", low) if low > limit else ("warning", high) if high > limit else None

    def reported(section: str) -> tuple[str, Fraction] | None:
        finding = by_path.get(section)
        return (finding.severity.value, Fraction(str(numbers(finding.message)[0]))) if finding else None

    assert reported("serving") == expected(used(least, least, 0), used(most, most, 0))
    assert reported("experiments") == expected(used(least, 0, parallel), used(most, 0, parallel))
    for finding in by_path.values():
        if finding.fix and finding.place.path[1] == "serving":
            assert (
                used(finding.fix.value, finding.fix.value, 0)
                <= CORES[quota]
                < used(finding.fix.value + 1, finding.fix.value + 1, 0)
            )
        elif finding.fix:
            assert used(least, 0, finding.fix.value) <= CORES[quota]


GIB = {"512Mi": Fraction(1, 2), "3Gi": Fraction(3), "4G": Fraction(4 * 10**9, 2**30)}


@pytest.mark.parametrize("memory", GIB)
def test_memory_is_counted_in_bytes(lint_spec, memory):
    patch = {"serving": {"resources": {"memory": memory}, "replicas": {"min": 2, "max": 2}}}
    found = lint_spec(yaml.safe_dump(patch), "environments: [{name: production, quota: {memory: 8Gi}}]").of(
        "over-capacity"
    )
    needed = 4 * GIB[memory]
    assert bool(found) == (needed > 8)
    if found:
        shown = re.search(r"needs (\d+)(Gi of memory| bytes of memory)", found[0].message)
        assert shown
        assert Fraction(shown[1]) == (needed if shown[2].startswith("Gi") else needed * 2**30)


HUNDREDTHS = st.integers(1, 99)


@given(st.lists(st.tuples(st.sampled_from(["min", "max"]), HUNDREDTHS), min_size=2, max_size=4))
def test_gates_are_unsatisfiable_when_no_value_passes_all(lint_spec, bounds):
    gates = [{"name": f"g{index}", "metric": "recall", key: value / 100} for index, (key, value) in enumerate(bounds)]
    found = lint_spec(yaml.safe_dump({"evaluation": {"offline": {"gates": gates}}})).of("unsatisfiable-gates")
    passes = [v for v in range(101) if all(v >= bound if key == "min" else v <= bound for key, bound in bounds)]
    errors = [finding for finding in found if finding.severity.value == "error"]
    assert bool(errors) == (not passes)
    if errors:
        floor = max(value for key, value in bounds if key == "min")
        ceiling = min(value for key, value in bounds if key == "max")
        assert f"≥ {shown_ratio(floor)}" in errors[0].message
        assert f"≤ {shown_ratio(ceiling)}" in errors[0].message


@given(HUNDREDTHS, HUNDREDTHS)
def test_an_improvement_over_a_stable_that_passed_stays_in_range(lint_spec, floor, improvement):
    gates = [
        {"metric": "recall", "min": floor / 100},
        {"metric": "recall", "against": "stable", "minImprovement": improvement / 100},
    ]
    found = lint_spec(yaml.safe_dump({"evaluation": {"offline": {"gates": gates}}})).of("unsatisfiable-gates")
    assert bool(found) == (floor + improvement > 100)
    if found:
        assert f"is {(floor + improvement) / 100:g}," in found[0].message
        assert f"`minImprovement: {shown_ratio(100 - floor)}`" in found[0].help


@given(HUNDREDTHS, HUNDREDTHS, st.sampled_from(["minImprovement", "maxRegression", "maxRelativeRegression"]))
def test_a_bound_against_people_is_absolute(lint_spec, people, change, key):
    gates = [
        {"metric": "recall", "against": "team", key: change / 100},
        {"name": "ceiling", "metric": "recall", "max": 0.5},
    ]
    baselines = [{"name": "team", "kind": "human", "values": {"recall": people / 100}}]
    patch = {"evaluation": {"offline": {"gates": gates}}, "experiments": {"baselines": baselines}}
    found = [f for f in lint_spec(yaml.safe_dump(patch)).of("unsatisfiable-gates") if f.severity.value == "error"]
    person, amount = Fraction(people, 100), Fraction(change, 100)
    wanted = {"minImprovement": person + amount, "maxRegression": person - amount}.get(key, person * (1 - amount))
    assert bool(found) == (wanted > Fraction(1, 2))


@pytest.mark.parametrize(
    ("metric", "bound"),
    [
        *(("errorRate", {"max": share}) for share in ("0%", "0.01%", "1%", "100%")),
        *(("accuracy", {"min": share}) for share in ("0%", "99.99%", "100%")),
        *(("accuracy", {"against": "stable", "minImprovement": share}) for share in ("99%", "100%")),
        *(("errorRate", {"against": "stable", "minImprovement": share}) for share in ("99%", "100%")),
        ("errorRate", {"against": "stable", "maxRelativeRegression": "100%"}),
        ("accuracy", {"against": "stable", "maxRelativeRegression": "100%"}),
        ("throughput", {"max": 0}),
        ("latencyP95", {"max": "1ms"}),
    ],
)
def test_a_live_gate_leaves_room_for_what_counts_can_prove(lint_spec, metric, bound):
    """Whether a perfect candidate beside the worst stable ever passes, by the engine's own verdict on a billion."""
    patch = yaml.safe_dump(
        {
            "evaluation": {"online": {"gates": [{"name": "g", "metric": metric, **bound}]}},
            "rollout": {"guards": [{"metric": metric, **bound, "window": "15m"}]},
        }
    )
    linted = lint_spec(patch)
    found = [one for one in linted.of("unsatisfiable-gates") if "never passes" in one.message]
    check = next(check for check in linted.plans[0].checks if check.name == "g")
    rises, most = check.metric.direction == "increase", 10**9
    ((_, claim),) = claims(check)
    best, worst = Counts(most if rises else 0, most), Counts(0 if rises else most, most)
    outcome = "Pass" if metric == "throughput" else judge(claim, best, worst if claim.slope else None, most).outcome
    assert [one.message.split()[0] for one in found] == ([] if outcome == "Pass" else ["`g`"])


def shown_ratio(hundredths: int) -> str:
    return f"{hundredths}%" if hundredths < 10 else f"{hundredths / 100:g}"
