"""For every alert a story in which it fires and its nearest neighbour in which it does not, as promtool tests them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

MINUTE, HOUR, DAY = 60, 3600, 86400

OWN = 'namespace="growth", lifecycle="churn"'
POD = 'pod="churn-1", instance="10.0.0.1:8080"'
"""What a scrape adds, and no alert may be told apart by."""


class Story(NamedTuple):
    """Series, when the alert is looked at, and what it says then."""

    series: Mapping[str, str]
    at: int
    """Seconds."""
    step: int = MINUTE
    """Seconds between the values of the series."""
    labels: Mapping[str, str] = {}
    """Labels of the alert that come from the series."""
    shown: Sequence[str] = ()
    """What stands in the alert's texts in place of what is live, in order."""


class Pair(NamedTuple):
    """The two sides of an alert."""

    fires: Story
    quiet: Story


def series(name: str, **labels: str) -> str:
    """A series as a scrape stores it."""
    more = "".join(f', {key}="{value}"' for key, value in labels.items())
    return f"{name}{{{OWN}, {POD}{more}}}"


def requests(total: str, errors: str) -> dict[str, str]:
    """Counters of the stable revision; the values in promtool's notation."""
    return {
        series("lifespec_requests_total", revision="stable", code="200"): total,
        series("lifespec_requests_total", revision="stable", code="503"): errors,
    }


def answers(total: str, in_time: str) -> dict[str, str]:
    """A histogram of the stable revision with the bucket of the objective."""
    return {
        series("lifespec_request_seconds_count", revision="stable"): total,
        series("lifespec_request_seconds_bucket", revision="stable", le="0.12"): in_time,
    }


def weight(value: str, revision: str = "candidate") -> dict[str, str]:
    return {series("lifespec_candidate_weight_percent", revision=revision): value}


def phase(name: str, value: str) -> dict[str, str]:
    return {series("lifespec_rollout_phase", stream="r1", phase=name): value}


def reported(monitor: str, value: str) -> dict[str, str]:
    return {series("lifespec_monitor_last_report_timestamp_seconds", monitor=monitor): value}


RECONCILED = series("lifespec_reconcile_timestamp_seconds")
LOOKS = {RECONCILED: "0+60x10000"}
"""An agent that looks every minute."""

MONITORS = {"inputs": 1, "scores": 1, "scores-of-the-week": 7, "decay": 30, "worse": 30}
"""The monitors of the plan, and how many days apart their runs are."""


def burst(slo: str, clean: int, bad: int, length: int, step: int) -> dict[str, str]:
    """Requests without a fault for so many seconds, then with `bad` in 10,000 that are errors, or too slow."""
    before, after = clean // step, length // step + 1
    good = f"0+10000x{before} {10000 * (before + 1) - bad}+{10000 - bad}x{after}"
    if slo == "availability":
        return requests(good, f"0x{before} {bad}+{bad}x{after}")
    return answers(f"0+10000x{before + after}", good)


PAIRS: Mapping[tuple[str, str], Pair] = {
    # 99.9% and 99% over 30 days: the budget burns 14.4 times too fast over an hour, or 3 times over a day.
    **{
        (alert, slo): Pair(
            Story(
                burst(slo, clean, bad, length, step),
                clean + length,
                step=step,
                labels={"slo": slo},
                shown=[f"{bad / 100:g}%"],
            ),
            Story(burst(slo, clean, fewer, length, step), clean + length, step=step),
        )
        for alert, slo, clean, bad, fewer, length, step in (
            ("LifespecErrorBudgetBurnsFast", "availability", 6 * HOUR, 150, 140, 66 * MINUTE, MINUTE),
            ("LifespecErrorBudgetBurnsFast", "speed", 6 * HOUR, 1450, 1430, 66 * MINUTE, MINUTE),
            ("LifespecErrorBudgetBurnsSlowly", "availability", DAY, 32, 9, 25 * HOUR, 2 * MINUTE),
            ("LifespecErrorBudgetBurnsSlowly", "speed", DAY, 320, 90, 25 * HOUR, 2 * MINUTE),
        )
    },
    ("LifespecRequestsAbsent", ""): Pair(
        Story({series("lifespec_stable_trained_timestamp_seconds", revision="stable"): "0x60"}, 20 * MINUTE),
        Story(
            {
                series("lifespec_stable_trained_timestamp_seconds", revision="stable"): "0x60",
                **requests("0+1x60", "0x60"),
            },
            20 * MINUTE,
        ),
    ),
    ("LifespecLatencyBucketAbsent", "speed"): Pair(
        Story({series("lifespec_request_seconds_count", revision="stable"): "0+9x60"}, 20 * MINUTE),
        Story(answers("0+9x60", "0+9x60"), 20 * MINUTE),
    ),
    **{
        ("LifespecMonitorBreached", name): Pair(
            Story({series("lifespec_monitor_breached", monitor=name): "1x5"}, 2 * MINUTE),
            Story({series("lifespec_monitor_breached", monitor=name): "0x5"}, 2 * MINUTE),
        )
        for name in ("scores", "decay")
    },
    **{
        ("LifespecMonitorReportStale", name): Pair(
            Story(reported(name, "0x2000"), 2 * days * DAY + 2 * HOUR, step=HOUR, shown=[f"{2 * days}d 2h 0m 0s"]),
            Story(reported(name, "0x2000"), 2 * days * DAY + HOUR, step=HOUR),
        )
        for name, days in MONITORS.items()
    },
    **{
        ("LifespecMonitorReportAbsent", name): Pair(
            Story({RECONCILED: "0+3600x2000"}, 2 * days * DAY + HOUR, step=HOUR),
            Story({RECONCILED: "0+3600x2000"}, 2 * days * DAY, step=HOUR),
        )
        for name, days in MONITORS.items()
    },
    # Every Monday, and 129 hours of rollout.
    ("LifespecModelStale", ""): Pair(
        Story(
            {series("lifespec_stable_trained_timestamp_seconds", revision="stable"): "0x500"},
            14 * DAY + 129 * HOUR + HOUR,
            step=HOUR,
            shown=["19d 10h 0m 0s"],
        ),
        Story(
            {series("lifespec_stable_trained_timestamp_seconds", revision="stable"): "0x500"},
            14 * DAY + 129 * HOUR,
            step=HOUR,
        ),
    ),
    ("LifespecDataStale", "customers"): Pair(
        Story(
            {series("lifespec_source_newest_timestamp_seconds", source="customers"): "0x30"},
            25 * HOUR,
            step=HOUR,
            shown=["1d 1h 0m 0s"],
        ),
        Story({series("lifespec_source_newest_timestamp_seconds", source="customers"): "0x30"}, 24 * HOUR, step=HOUR),
    ),
    ("LifespecDataAgeAbsent", "customers"): Pair(
        Story({RECONCILED: "0+3600x100"}, 2 * DAY + HOUR, step=HOUR),
        Story(
            {
                RECONCILED: "0+3600x100",
                series("lifespec_source_newest_timestamp_seconds", source="customers"): "0x100",
            },
            2 * DAY + HOUR,
            step=HOUR,
        ),
    ),
    ("LifespecRolloutHeld", ""): Pair(
        Story(phase("Held", "1x30"), 10 * MINUTE, labels={"stream": "r1"}, shown=["r1"]),
        Story({**phase("Held", "0x30"), **phase("Canary", "1x30")}, 10 * MINUTE),
    ),
    ("LifespecBootstrapHeld", ""): Pair(
        Story({**phase("Held", "1x30"), **weight("100x30")}, 2 * MINUTE, labels={"stream": "r1"}, shown=["r1"]),
        Story({**phase("Held", "1x30"), **weight("50x30")}, 2 * MINUTE),
    ),
    ("LifespecRolledBack", ""): Pair(
        Story(
            {series("lifespec_rollbacks_total", cause="errors"): "0x100 1x20"},
            105 * MINUTE,
            labels={"cause": "errors"},
            shown=["errors"],
        ),
        Story({series("lifespec_rollbacks_total", cause="errors"): "0x10 1x200"}, 105 * MINUTE),
    ),
    ("LifespecCheckError", ""): Pair(
        Story(
            {series("lifespec_check_verdict", stream="r1", check="errors", verdict="Error"): "1x60"},
            40 * MINUTE,
            labels={"stream": "r1", "check": "errors"},
            shown=["errors"],
        ),
        Story(
            {
                series("lifespec_check_verdict", stream="r1", check="errors", verdict="Error"): "0x60",
                series("lifespec_check_verdict", stream="r1", check="errors", verdict="Fail"): "1x60",
            },
            40 * MINUTE,
        ),
    ),
    ("LifespecRolloutUnguarded", ""): Pair(
        Story(
            {**phase("Canary(1)", "1x10 stale"), RECONCILED: "0+60x10 stale"},
            40 * MINUTE,
            labels={"stream": "r1"},
            shown=["r1"],
        ),
        Story({**phase("Canary(1)", "1x10 0x10 stale"), **phase("Done", "0x10 1x10 stale")}, 40 * MINUTE),
    ),
    ("LifespecAgentNotReconciling", ""): Pair(
        Story({RECONCILED: "0x60"}, 20 * MINUTE, shown=["20m 0s"]),
        Story(LOOKS, 20 * MINUTE),
    ),
    ("LifespecAgentAbsent", ""): Pair(Story({}, 15 * MINUTE), Story(LOOKS, 15 * MINUTE)),
    ("LifespecUnanswered", "growth-oncall"): Pair(
        Story(
            {series("lifespec_monitor_breached", monitor="decay"): "1x60"},
            35 * MINUTE,
            labels={"raised": "LifespecMonitorBreached"},
            shown=["LifespecMonitorBreached"],
        ),
        Story({series("lifespec_monitor_breached", monitor="decay"): "1x20 0x40"}, 35 * MINUTE),
    ),
}
"""By alert and what it is about."""
