"""The numbers of the rules across stages, against simulations and libraries that share no code with them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lifespec_compiler import schedules
from lifespec_schema.values.quantities import seconds

MINUTE, HOUR, DAY = 60, 3600, 86400
DURATION = r"(?:\d+(?:ms|s|m|h|d))+"
LOG = {"log": "s3://logs/churn/", "time": "ts", "id": "request_id"}
IMAGE = "registry.example.com/churn-train@sha256:" + "a" * 64


def length(written: str) -> float:
    found = seconds(written)
    assert found is not None
    return found


def durations(message: str) -> list[float]:
    return [length(found) for found in re.findall(rf"(?<![\w`-]){DURATION}(?!\w)", message)]


def numbers(message: str) -> list[float]:
    found = re.findall(r"(?<![\w.`-])\d[\d,]*(?:\.\d+)?(?![\w%.])", message)
    return [float(number.replace(",", "")) for number in found]


def one(findings):
    assert len(findings) == 1
    return findings[0]


def minute_by_minute(rate: Fraction, steps: list[tuple[int, int]], caught: int) -> Fraction:
    """Requests that the candidate answers in so many minutes; steps are weights and minutes."""
    weights = [weight for weight, hold in steps for _ in range(hold)]
    return sum((rate * 60 * weight / 100 for weight in weights[:caught]), Fraction(0))


@pytest.mark.parametrize("rps", ["0.5", "40"])
@pytest.mark.parametrize("window", [5, 15, 45])
@pytest.mark.parametrize("limit", [0, 2])
@pytest.mark.parametrize("cap", [100, 5000, 40000])
def test_exposure_is_what_is_answered_until_the_guard_can_act(lint_spec, rps, window, limit, cap):
    steps = [(10, 60), (25, 30), (50, 120)]
    rollout = {
        "steps": [{"weight": f"{weight}%", "hold": f"{hold}m"} for weight, hold in steps],
        "guards": [{"metric": "errorRate", "max": "1%", "window": f"{window}m"}],
        "analysis": {"failureLimit": limit},
        "maxExposure": cap,
    }
    found = lint_spec(yaml.safe_dump({"traffic": {"rps": float(rps)}, "rollout": rollout})).of("excess-exposure")
    caught = window * (limit + 1)
    answered = minute_by_minute(Fraction(rps), steps, caught)
    assert bool(found) == (answered > cap)
    if found:
        finding = one(found)
        assert numbers(finding.message)[0] == pytest.approx(float(answered), abs=0.5)
        assert durations(finding.message) == [caught * MINUTE]
        if finding.fix:
            shorter = Fraction(length(finding.fix.value)) / MINUTE * (limit + 1)
            assert by_the_second(Fraction(rps), steps, shorter * MINUTE) <= cap
            assert by_the_second(Fraction(rps), steps, shorter * MINUTE * Fraction(25, 24) + 4 * (limit + 1)) > cap
        smaller = re.search(r"`weight: (\d+)%` in", finding.help)
        if smaller:
            share = int(smaller[1])
            assert Fraction(rps) * 60 * caught * share / 100 <= cap < Fraction(rps) * 60 * caught * (share + 1) / 100


def by_the_second(rate: Fraction, steps: list[tuple[int, int]], until: Fraction) -> Fraction:
    answered, clock = Fraction(0), Fraction(0)
    for weight, hold in steps:
        end = min(clock + hold * MINUTE, until)
        answered += rate * weight / 100 * max(Fraction(0), end - clock)
        clock += hold * MINUTE
    return answered


@pytest.mark.parametrize("samples", [10, 500, 20000])
@pytest.mark.parametrize("interval", [1, 7, 30])
def test_a_gate_acts_at_its_first_look_with_enough_samples(lint_spec, samples, interval):
    patch = {
        "traffic": {"rps": 5},
        "evaluation": {"online": {"gates": [{"metric": "errorRate", "max": "1%", "minSamples": samples}]}},
        "rollout": {
            "steps": [{"weight": "10%", "hold": "2h", "timeout": "20h"}],
            "guards": None,
            "analysis": {"interval": f"{interval}m"},
            "maxExposure": 1,
        },
    }
    finding = one(lint_spec(yaml.safe_dump(patch)).of("excess-exposure"))
    looks = (minute for minute in range(interval, 10000, interval) if Fraction(minute * 60, 2) >= samples)
    assert numbers(finding.message)[0] == pytest.approx(next(looks) * 30)


SCHEDULES = ["0 3 * * *", "0 3 * * 1", "0 3 1 * *", "0 3 1,15 * *", "0 */6 * * *", "0 3 * * 1-5", "0 3 10 */3 *"]


@cache
def moments(schedule: str, years: int = 3) -> list[datetime]:
    """When a schedule at full hours fires, hour by hour, from the first of 2026 on."""
    fields = schedule.split()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    hours = (start + timedelta(hours=hour) for hour in range(years * 365 * 24))
    allowed = [
        values(field, low, high) for field, low, high in zip(fields, (0, 0, 1, 1, 0), (59, 23, 31, 12, 7), strict=True)
    ]
    found = []
    for moment in hours:
        weekday = moment.isoweekday() % 7
        parts = (0, moment.hour, moment.day, moment.month, weekday)
        if all(part in allow for part, allow in zip(parts, allowed, strict=True)):
            found.append(moment)
    return found


def values(field: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        bounds = (low, high) if span == "*" else (int(first), int(last or first))
        found |= set(range(bounds[0], bounds[1] + 1, int(step or 1)))
    return found


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("cooldown", [HOUR, DAY, 5 * DAY, 20 * DAY, 100 * DAY])
def test_gaps_are_those_of_a_clock_that_runs(schedule, cooldown):
    fired = [(moment - moments(schedule)[0]).total_seconds() for moment in moments(schedule)]
    gaps = [later - earlier for earlier, later in pairwise(fired)]
    assert schedules.shortest_gap(schedule) == min(gaps)
    first_after = [min((f - e for f in fired if f - e >= cooldown), default=None) for e in fired[: len(fired) // 2]]
    assert schedules.shortest_gap_after(schedule, cooldown) == min(gap for gap in first_after if gap is not None)


def trainings(fired: list[float], per: float, cooldown: float, limit: tuple[int, float] | None) -> int:
    """The most trainings within `per`, of firings that each start one as soon as it may."""
    most = 0
    for first in fired:
        started: list[float] = []
        for moment in (each for each in fired if first <= each < first + per):
            rested = not started or moment >= started[-1] + cooldown
            recent = [earlier for earlier in started if limit and earlier > moment - limit[1]]
            if rested and (limit is None or len(recent) < limit[0]):
                started.append(moment)
        most = max(most, len(started))
    return most


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("cooldown", [1, 5])
@pytest.mark.parametrize("runs", [1, 2, 4, 30])
def test_a_suppressed_schedule_fires_more_often_than_it_may(lint_spec, schedule, cooldown, runs):
    patch = {
        "retraining": {
            "triggers": [{"name": "asks", "schedule": schedule}],
            "cooldown": f"{cooldown}d",
            "limit": {"runs": runs, "per": "30d"},
        }
    }
    found = lint_spec(yaml.safe_dump(patch)).of("suppressed-schedule")
    fired = [(moment - moments(schedule)[0]).total_seconds() for moment in moments(schedule)][:400]
    shortest = min(later - earlier for earlier, later in pairwise(fired))
    by_gap = [finding for finding in found if "cooldown" in finding.message]
    assert bool(by_gap) == (shortest < cooldown * DAY)
    if by_gap:
        assert durations(one(by_gap).message) == [shortest, cooldown * DAY]
    started = trainings(fired, 30 * DAY, cooldown * DAY, None)
    by_limit = [finding for finding in found if "limit" in finding.message]
    assert bool(by_limit) == (started > runs)
    if by_limit:
        assert numbers(one(by_limit).message) == [started, runs]
        assert by_limit[0].fix.value == started


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("days", [1, 3, 20, 40])
def test_rollouts_overlap_when_the_next_training_starts_before_promotion(lint_spec, schedule, days):
    patch = {
        "rollout": {"steps": [{"weight": "10%", "hold": f"{days}d"}, {"weight": "50%", "hold": "12h"}]},
        "retraining": {"triggers": [{"name": "asks", "schedule": schedule}], "cooldown": "1d"},
    }
    found = lint_spec(yaml.safe_dump(patch)).of("overlapping-rollouts")
    fired = [(moment - moments(schedule)[0]).total_seconds() for moment in moments(schedule)]
    apart = min(f - e for e in fired[: len(fired) // 2] for f in fired[:1500] if f - e >= DAY)
    needed = days * DAY + 12 * HOUR
    assert bool(found) == (apart < needed)
    if found:
        assert durations(one(found).message) == [needed, apart]
        assert needed <= length(found[0].fix.value) <= needed * Fraction(25, 24)


@pytest.mark.parametrize("rps", [0.05, 2])
@pytest.mark.parametrize("share", [0.02, 1])
def test_rows_come_as_requests_do(lint_spec, rps, share):
    patch = {
        "traffic": {"rps": rps},
        "data": {"labels": {"column": "churned", "share": share}},
        "rollout": {"steps": [{"weight": "10%", "hold": "3d"}]},
        "retraining": {"triggers": [{"name": "rows", "newLabeledRows": 5000}]},
    }
    found = lint_spec(yaml.safe_dump(patch)).of("overlapping-rollouts")
    collected = 5000 / (Fraction(str(rps)) * Fraction(str(share)))
    assert bool(found) == (max(collected, DAY) < 3 * DAY)
    if found:
        needed, told, cooldown = durations(one(found).message)
        assert (needed, cooldown) == (3 * DAY, DAY)
        assert collected <= told <= collected * Fraction(24, 23) + 1


LIMITS = [None, (1, 7), (2, 7), (3, 30), (6, 30), (2, 3)]


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("cooldown", [1, 5])
@pytest.mark.parametrize("per", [9, 30])
@pytest.mark.parametrize("trigger", ["monitor", "0 3 * * *", "0 3 * * 1", "0 3 1,15 * *"])
def test_a_budget_is_held_against_the_most_trainings(lint_spec, limit, cooldown, per, trigger):
    asks = {"name": "asks", **({"monitor": "inputs"} if trigger == "monitor" else {"schedule": trigger})}
    retraining = {"triggers": [asks], "cooldown": f"{cooldown}d"}
    if limit:
        retraining["limit"] = {"runs": limit[0], "per": f"{limit[1]}d"}
    search = {"trials": 6, "space": {"depth": {"kind": "integer", "low": 2, "high": 8}}}
    candidates = [
        {"name": "boosting", "image": IMAGE, "search": search, "resources": {"cpu": "2500m"}, "timebox": "90m"},
        {"name": "forest", "image": IMAGE, "resources": {"cpu": "2"}, "timebox": "30m"},
    ]
    patch = {
        "experiments": {"candidates": candidates, "budget": {"cpuHours": 60, "per": f"{per}d"}},
        "monitoring": {"predictions": LOG, "monitors": [{"name": "inputs", "kind": "data", "window": "7d"}]},
        "retraining": retraining,
    }
    found = lint_spec(yaml.safe_dump(patch)).of("over-budget")
    once = sum(Fraction("2.5") * Fraction("1.5") for _ in range(6)) + Fraction(2) / 2  # trial by trial
    if trigger == "monitor":  # an alarm at any hour
        fired = [hour * HOUR for hour in range(per * 24)]
        runs = trainings_from_first(fired, cooldown * DAY, limit and (limit[0], limit[1] * DAY))
    else:
        fired = [(moment - moments(trigger)[0]).total_seconds() for moment in moments(trigger)][:150]
        runs = trainings(fired, per * DAY, cooldown * DAY, limit and (limit[0], limit[1] * DAY))
    assert bool(found) == (once * runs > 60)
    if found:
        assert one(found).message.startswith(f"{runs} trainings may start within {per}d, ")
        assert f"together take {float(once * runs):g} core hours; the budget is 60." in found[0].message
        spread = length(found[0].fix.value)
        assert once * len([start for start in range(1000) if start * spread < per * DAY]) <= 60


def trainings_from_first(fired: list[int], cooldown: float, limit: tuple[int, float] | None) -> int:
    started: list[int] = []
    for moment in fired:
        recent = [earlier for earlier in started if limit and earlier > moment - limit[1]]
        if (not started or moment >= started[-1] + cooldown) and (limit is None or len(recent) < limit[0]):
            started.append(moment)
    return len(started)


@pytest.mark.parametrize("hours", [3, 20, 29, 30, 400])
def test_one_training_that_is_too_dear_gets_fewer_trials(lint_spec, hours):
    search = {"trials": 12, "space": {"depth": {"kind": "integer", "low": 2, "high": 8}}}
    candidates = [
        {"name": "boosting", "image": IMAGE, "search": search, "resources": {"gpu": 2}, "timebox": "75m"},
        {"name": "forest", "image": IMAGE, "resources": {"gpu": 1}, "timebox": "1h"},
    ]
    patch = {"experiments": {"candidates": candidates, "budget": {"gpuHours": hours, "per": "30d"}}}
    found = lint_spec(yaml.safe_dump(patch)).of("over-budget")
    assert bool(found) == (12 * 2 * Fraction(5, 4) + 1 > hours)
    if found:
        assert numbers(one(found).message)[:2] == [31, hours]
        fitting = max((trials for trials in range(1, 12) if trials * 2 * Fraction(5, 4) + 1 <= hours), default=None)
        assert (found[0].fix.value if found[0].fix else None) == fitting


@pytest.mark.parametrize("rps", ["0.01", "0.5", "12"])
@pytest.mark.parametrize("samples", [50, 100, 5000, 200000])
@pytest.mark.parametrize("timeout", [1, 8, 90])
def test_a_starved_gate_is_one_for_which_too_few_requests_arrive(lint_spec, rps, samples, timeout):
    patch = {
        "traffic": {"rps": float(rps)},
        "evaluation": {"online": {"gates": [{"metric": "errorRate", "max": "1%", "minSamples": samples}]}},
        "rollout": {"steps": [{"weight": "20%", "hold": "1h", "timeout": f"{timeout}h"}]},
    }
    found = lint_spec(yaml.safe_dump(patch)).of("starved-gate")
    gap = 5 / Fraction(rps)
    arrived = sum(1 for number in range(1, samples + 1) if number * gap <= timeout * HOUR)
    assert bool(found) == (arrived < samples)
    if found:
        assert numbers(one(found).message)[:1] == [samples]
        assert f"and {arrived:,} come" in found[0].message or (arrived == 0 and "and none come" in found[0].message)
        assert samples * gap <= length(found[0].fix.value) <= samples * gap * Fraction(24, 23) + 1


@pytest.mark.parametrize("mirror", [1, 20, 100])
@pytest.mark.parametrize("wanted", [100, 100000])
def test_the_shadow_tier_may_last_twice_its_duration(lint_spec, mirror, wanted):
    gates = [{"metric": "disagreementRate", "max": "5%", "minSamples": 1}]
    shadow = {"mirror": f"{mirror}%", "duration": "24h", "minRequests": wanted, "gates": gates}
    found = lint_spec(yaml.safe_dump({"traffic": {"rps": 2}, "evaluation": {"shadow": shadow}})).of("starved-gate")
    copied = 2 * 48 * HOUR * mirror // 100
    assert bool(found) == (copied < wanted)
    if found:
        assert numbers(one(found).message)[:2] == [wanted, copied]
        assert 2 * length(found[0].fix.value) * 2 * mirror / 100 >= wanted


BASE_RATES = [0.01, 0.03, 0.2, 0.5, 0.7]


def untaught(base_rate: float) -> dict[str, float]:
    """What models reach that do not look, measured on a sample with exactly this share of positives."""
    from sklearn import metrics

    truth = [1] * round(1000 * base_rate) + [0] * round(1000 * (1 - base_rate))
    yes, no, rate = [1] * 1000, [0] * 1000, [base_rate] * 1000
    return {
        "accuracy": max(metrics.accuracy_score(truth, yes), metrics.accuracy_score(truth, no)),
        "precision": metrics.precision_score(truth, yes),
        "averagePrecision": metrics.average_precision_score(truth, rate),
        "f1": metrics.f1_score(truth, yes),
        "f2": metrics.fbeta_score(truth, yes, beta=2),
        "rocAuc": metrics.roc_auc_score(truth, rate),
        "brier": metrics.brier_score_loss(truth, rate),
        "logLoss": metrics.log_loss(truth, rate),
    }


@pytest.mark.parametrize("base_rate", BASE_RATES)
@pytest.mark.parametrize(
    "metric", ["accuracy", "precision", "averagePrecision", "f1", "f2", "rocAuc", "brier", "logLoss"]
)
def test_a_gate_is_vacuous_up_to_what_a_dummy_reaches(lint_spec, base_rate, metric):
    reached = untaught(base_rate)[metric]
    error = metric in ("brier", "logLoss")
    for bound, vacuous in ((reached - 0.004, not error), (reached + 0.004, error)):
        gate = {"name": "gate", "metric": metric, "max" if error else "min": round(bound, 6)}
        patch = {
            "metrics": [{"name": "f2", "base": "fBeta", "beta": 2}],
            "data": {"labels": {"column": "churned", "baseRate": base_rate}},
            "evaluation": {"offline": {"gates": [gate]}},
        }
        found = lint_spec(yaml.safe_dump(patch)).of("vacuous-gate")
        assert bool(found) == vacuous
        if found:
            shown = re.search(r" is ([\d.]+)(%?)(?: at|$)", one(found).message)
            assert shown
            assert float(shown[1]) / (100 if shown[2] else 1) == pytest.approx(reached, abs=6e-5)


def constants(base_rate: float) -> list[dict[str, float]]:
    """What three models reach that always answer the same."""
    from sklearn import metrics

    truth = [1] * round(1000 * base_rate) + [0] * round(1000 * (1 - base_rate))
    reached = []
    for answer in (1, 0):
        given_ = [answer] * 1000
        false = sum(1 for wanted, got in zip(truth, given_, strict=True) if got and not wanted)
        reached.append(
            {
                "recall": metrics.recall_score(truth, given_),
                "accuracy": metrics.accuracy_score(truth, given_),
                "falsePositiveRate": false / truth.count(0),
                "precision": truth.count(1) / 1000 if answer else float("nan"),
                "rocAuc": 0.5,
            }
        )
    return reached


HUNDREDTHS = st.integers(1, 99)
BOUNDS = st.dictionaries(
    st.sampled_from(["recall", "falsePositiveRate", "accuracy", "precision"]), HUNDREDTHS, min_size=1
)


@given(BOUNDS, st.sampled_from(BASE_RATES))
def test_gates_are_vacuous_together_when_one_constant_passes_all(lint_spec, bounds, base_rate):
    gates = [
        {"name": metric, "metric": metric, "max" if metric == "falsePositiveRate" else "min": bound / 100}
        for metric, bound in bounds.items()
    ]
    patch = {
        "data": {"labels": {"column": "churned", "baseRate": base_rate}},
        "evaluation": {"offline": {"gates": gates}},
    }
    found = lint_spec(yaml.safe_dump(patch)).of("vacuous-gate")
    passes = any(
        all(
            reached[metric] <= bound / 100 if metric == "falsePositiveRate" else reached[metric] >= bound / 100
            for metric, bound in bounds.items()
        )
        for reached in constants(base_rate)
    )
    together = [finding for finding in found if "passes" in finding.message]
    assert len(together) <= passes
    assert bool(found) >= passes


def test_a_regression_is_held_against_the_mean(lint_spec):
    from sklearn.dummy import DummyRegressor

    rows, target = [[1]] * 5, [2.0, 3.0, 5.0, 7.0, 11.0]
    reached = DummyRegressor().fit(rows, target).score(rows, target)
    for bound in (reached, reached + 0.01):
        patch = {
            "objective": {"problem": "regression"},
            "data": {"labels": {"column": "monthly_charges"}},
            "features": ["plan"],
            "evaluation": {"offline": {"gates": [{"metric": "r2", "min": bound}]}},
        }
        assert bool(lint_spec(yaml.safe_dump(patch)).of("vacuous-gate")) == (bound <= reached)


@pytest.mark.parametrize("kept", [1, 13, 14, 28, 29, 49])
@pytest.mark.parametrize("kind", ["data", "previous", "concept"])
def test_a_log_is_kept_until_the_last_run_that_reads_it(lint_spec, kept, kind):
    monitor = {"name": "watch", "kind": "data", "window": "14d"}
    if kind == "previous":
        monitor |= {"reference": "previous"}
    if kind == "concept":
        monitor |= {"kind": "concept", "metric": "rocAuc", "min": 0.7}
    patch = {
        "traffic": {"rps": 5},
        "data": {"labels": {"column": "churned", "delay": {"p95": "15d"}}},
        "monitoring": {"predictions": {**LOG, "retention": f"{kept}d"}, "monitors": [monitor]},
    }
    found = lint_spec(yaml.safe_dump(patch)).of("short-retention")
    # A run on day 100: it reads the days up to its newest, which for a concept monitor is the newest with its label.
    newest = next(day for day in range(100, 0, -1) if kind != "concept" or day + 15 <= 100)
    oldest = newest - 14 * (2 if kind == "previous" else 1)
    assert bool(found) == (oldest + kept < 100)
    if found:
        looks, *_, keeps = durations(one(found).message)
        assert (looks, keeps) == ((100 - oldest) * DAY, kept * DAY)


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_training_reads_no_rows_that_are_gone(lint_spec, window, retention):
    sources = [
        {
            "name": "customers",
            "retention": f"{retention}d",
            "schema": [{"name": "plan", "logicalType": "string"}, {"name": "churned", "logicalType": "boolean"}],
        }
    ]
    patch = {
        "data": {"sources": sources},
        "features": ["plan"],
        "retraining": {
            "triggers": [{"name": "weekly", "schedule": "0 3 * * 1"}],
            "window": {"kind": "rolling", "length": f"{window}d"},
        },
    }
    found = lint_spec(yaml.safe_dump(patch)).of("short-retention")
    assert bool(found) == (window > retention)
    if found:
        assert durations(one(found).message) == [window * DAY, retention * DAY]


@given(st.integers(0, 9), st.integers(1, 200))
def test_a_rollout_fits_between_two_freezes(lint_spec, free, hours):
    first, second = date(2026, 12, 20), date(2026, 12, 21) + timedelta(days=free)
    rollout = {
        "steps": [{"weight": "10%", "hold": f"{hours}h"}],
        "freeze": [f"{second}/{second + timedelta(days=3)}", f"2026-12-10/{first}"],
    }
    found = lint_spec(yaml.safe_dump({"rollout": rollout})).of("rollout-into-freeze")
    thawed = [hour for hour in range(free * 24) if hour + hours <= free * 24]  # hours at which it may start and end
    assert bool(found) == (free > 0 and not thawed)
    if found:
        assert durations(one(found).message) == [hours * HOUR, free * DAY]


ZONES = ["Pacific/Kiritimati", "Asia/Kolkata", "UTC", "America/New_York", "Pacific/Pago_Pago"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("begins", ["2027-02-16", "2027-02-17", "2027-02-18", "2027-02-20"])
@pytest.mark.parametrize("hold", [2, 4])
def test_a_training_by_the_calendar_meets_a_freeze(lint_spec, zone, begins, hold):
    patch = {
        "rollout": {"steps": [{"weight": "10%", "hold": f"{hold}d"}], "freeze": [f"{begins}/2027-02-27"]},
        "retraining": {
            "triggers": [{"name": "weekly", "schedule": "0 3 * * 1", "timeZone": zone}],
            "nominate": "direct",
        },
    }
    found = lint_spec(yaml.safe_dump(patch)).of("rollout-into-freeze")
    start = datetime(2027, 2, 15, 3, tzinfo=ZoneInfo(zone))
    freeze = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    ends = [
        (start + training, start + training + timedelta(days=hold)) for training in (timedelta(), timedelta(hours=1))
    ]
    met = all(begun < freeze < over for begun, over in ends)
    assert met or not found
    if zone == "UTC":
        assert bool(found) == met
    if found:
        assert "2027-02-15" in one(found).message
        assert durations(found[0].message) == [hold * DAY]


@given(HUNDREDTHS, HUNDREDTHS)
def test_a_later_check_is_stricter_when_a_model_lies_between(lint_spec, gate, alarm):
    patch = {
        "monitoring": {
            "predictions": LOG,
            "monitors": [{"name": "decay", "kind": "concept", "metric": "recall", "min": alarm / 100, "window": "30d"}],
        },
        "evaluation": {"offline": {"gates": [{"metric": "recall", "min": gate / 100}]}},
    }
    found = lint_spec(yaml.safe_dump(patch)).of("unsatisfiable-gates")
    assert bool(found) == any(gate <= recall < alarm for recall in range(101))
    if found:
        assert one(found).severity == "warning"


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 50), st.integers(1, 50))
def test_label_facts_are_compared_as_they_are_written(lint_spec, told, known, least, rate):
    patch = {
        "data": {
            "labels": {"column": "closing_balance", "delay": {"p95": f"{told}d"}, "baseRate": f"{rate}%"},
            "readiness": {"minPositiveShare": f"{least}%"},
            "sources": [
                {
                    "name": "customers",
                    "schema": [
                        {"name": "plan", "logicalType": "string"},
                        {"name": "closing_balance", "logicalType": "integer", "availableAfter": f"{known}d"},
                    ],
                }
            ],
        },
        "features": ["plan"],
    }
    found = {
        finding.place.path[2]: finding for finding in lint_spec(yaml.safe_dump(patch)).of("contradictory-label-facts")
    }
    assert ("labels" in found) == (known > told)
    assert ("readiness" in found) == (least > rate)
    if "labels" in found:
        assert durations(found["labels"].message) == [told * DAY, known * DAY]
    if "readiness" in found:
        assert f"below {least}% positives, and their share is {rate}%" in found["readiness"].message
