"""Queries over the series of one lifecycle, by revision: who is stable and who is candidate is asked of the data.

Whoever was candidate at a time is drawn as candidate at that time, also when it is stable now.
"""

from __future__ import annotations

from lifespec_compiler.plan import Metric, Plan
from lifespec_compiler.series import CANDIDATE_WEIGHT, LATENCY, REQUESTS, STABLE_SINCE
from lifespec_compiler.targets.prometheus.promql import selector

RATE = "$__rate_interval"
"""The window that Grafana chooses: wide enough for the scrape interval, and no finer than what is drawn."""

SERVER_ERROR = "5.."
"""The codes of answers that are errors of the server, as a regular expression."""


def requests(plan: Plan, window: str = RATE) -> str:
    """Requests in one second, by revision."""
    return f"sum by (revision) (rate({selector(plan, REQUESTS)}[{window}]))"


def error_share(plan: Plan, window: str = RATE) -> str:
    """The share of requests answered with a server error, by revision; 0 where none ever was."""
    errors = f"sum by (revision) (rate({selector(plan, REQUESTS, **{'code~': SERVER_ERROR})}[{window}]))"
    return f"({errors} or 0 * {requests(plan, window)}) / {requests(plan, window)}"


def quantile(plan: Plan, level: float, window: str = RATE) -> str:
    """The time within which a share of the requests is answered, by revision."""
    buckets = f"sum by (revision, le) (rate({selector(plan, LATENCY, '_bucket')}[{window}]))"
    return f"histogram_quantile({level:g}, {buckets})"


def stable(plan: Plan, by_revision: str) -> str:
    """What belongs to the revision that is stable."""
    return f"({by_revision}) and on (revision) {selector(plan, STABLE_SINCE)}"


def candidate(plan: Plan, by_revision: str) -> str:
    """What belongs to a revision that wants to be stable."""
    wanting = f"({by_revision}) and on (revision) {selector(plan, CANDIDATE_WEIGHT)}"
    return f"{wanting} unless on (revision) {selector(plan, STABLE_SINCE)}"


def neither(plan: Plan, by_revision: str) -> str:
    """What belongs to revisions that are on their way out, or that no agent knows."""
    known = f"({selector(plan, STABLE_SINCE)} or {selector(plan, CANDIDATE_WEIGHT)})"
    return f"({by_revision}) unless on (revision) {known}"


def measured(plan: Plan, metric: Metric | None, window: str) -> str | None:
    """A catalog metric of live traffic by revision; None where no series tells it, because Jobs measure it."""
    facts = metric.catalog if metric else None
    if facts is None:
        return None
    if facts.percentile is not None:
        return quantile(plan, facts.percentile, window)
    return {"errorRate": error_share, "throughput": requests}[facts.id](plan, window) if facts.id in DRAWN else None


DRAWN = ("errorRate", "throughput")
"""Metrics without a percentile that the server's own series tell."""


def asked(query: str, revision: str, window: str) -> str | None:
    """A query of the team's own for a revision and a window; None where it cannot be told from Grafana's variables.

    What begins a variable is written as PromQL's escape of it, which reads the same; only raw strings have no escapes.
    """
    parts = [part.split("$window") for part in query.split("$revision")]
    if "`" in query and any("$" in piece or "[[" in piece for part in parts for piece in part):
        return None
    safe = [[piece.replace("$", "\\x24").replace("[[", "[\\x5b") for piece in part] for part in parts]
    return revision.join(window.join(part) for part in safe)
