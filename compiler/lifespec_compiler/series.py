"""The time series that a lifecycle is watched by: their names, labels and who exports them.

Alert rules and dashboards read them, model servers and the agent export them, and the engine's metrics source queries
them: all take the names from here.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple


class Series(NamedTuple):
    """One time series."""

    name: str
    labels: tuple[str, ...]
    """Its own labels; `namespace` and `lifecycle` are on every one, by the exporter or by relabelling at the scrape."""
    kind: Literal["counter", "histogram", "gauge"]
    exporter: Literal["server", "agent"]
    """`server`: the model server's own contract. `agent`: the process that enforces the lifecycle."""
    meaning: str


REQUESTS: Final = Series(
    "lifespec_requests_total", ("revision", "code"), "counter", "server", "Requests answered, by HTTP status code."
)
LATENCY: Final = Series(
    "lifespec_request_seconds", ("revision",), "histogram", "server", "How long an answer took, in seconds."
)
MONITOR_VALUE: Final = Series(
    "lifespec_monitor_value", ("monitor", "column"), "gauge", "agent", "What a monitor measured last, in its unit."
)
MONITOR_BREACHED: Final = Series(
    "lifespec_monitor_breached", ("monitor",), "gauge", "agent", "1 while a monitor's last verdict is Fail, else 0."
)
MONITOR_REPORTED: Final = Series(
    "lifespec_monitor_last_report_timestamp_seconds",
    ("monitor",),
    "gauge",
    "agent",
    "When a monitor's last report was read, in Unix seconds.",
)
CHECK_VERDICT: Final = Series(
    "lifespec_check_verdict",
    ("stream", "check", "verdict"),
    "gauge",
    "agent",
    "1 for the verdict that a check has now, 0 for the others.",
)
CANDIDATE_WEIGHT: Final = Series(
    "lifespec_candidate_weight_percent", ("revision",), "gauge", "agent", "The candidate's share of traffic, 0 to 100."
)
"""0 in shadow, where all of its requests are mirrored. Only while it is a candidate: no longer once it is stable."""
ROLLOUT_PHASE: Final = Series(
    "lifespec_rollout_phase", ("stream", "phase"), "gauge", "agent", "1 for the phase that a rollout is in."
)
ROLLBACKS: Final = Series(
    "lifespec_rollbacks_total", ("cause",), "counter", "agent", "Rollouts rolled back, by the check that caused it."
)
"""From 0 on for each check that may roll back, so that the first time is an increase."""
STABLE_SINCE: Final = Series(
    "lifespec_stable_trained_timestamp_seconds",
    ("revision",),
    "gauge",
    "agent",
    "When the stable revision's model was trained, in Unix seconds.",
)
SOURCE_NEWEST: Final = Series(
    "lifespec_source_newest_timestamp_seconds",
    ("source",),
    "gauge",
    "agent",
    "The newest event time in a data source, in Unix seconds.",
)
DECIDED: Final = Series(
    "lifespec_last_decision_timestamp_seconds",
    ("kind",),
    "gauge",
    "agent",
    "When the newest decision of a kind was recorded, in Unix seconds.",
)
RECONCILED: Final = Series(
    "lifespec_reconcile_timestamp_seconds", (), "gauge", "agent", "When the agent last looked at the lifecycle."
)

LIVE_PHASES: Final = ("Canary", "Promoting", "RollingBack")
"""What the phases begin with in which a rollout's candidate answers callers; a canary's step may follow."""

ENDED_PHASES: Final = ("Done", "RolledBack", "Rejected")
"""The phases after which a rollout does nothing any more."""

HELD: Final = "Held"
"""The phase in which a rollout waits for a person, because it cannot go on by itself."""

ERROR: Final = "Error"
"""The verdict of a check that could not be made."""

ALL: Final = (
    REQUESTS,
    LATENCY,
    MONITOR_VALUE,
    MONITOR_BREACHED,
    MONITOR_REPORTED,
    CHECK_VERDICT,
    CANDIDATE_WEIGHT,
    ROLLOUT_PHASE,
    ROLLBACKS,
    STABLE_SINCE,
    SOURCE_NEWEST,
    DECIDED,
    RECONCILED,
)
