"""Service level objectives: what they count, and over which windows their error budget is watched.

The windows and factors are those of the Site Reliability Workbook, chapter 5, "Alerting on SLOs", for 30 days. For
another compliance window the lengths scale with it and the factors stay, so that each alarm means the same share of
the budget: 2% and 5% for a page, 10% and 10% for a ticket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_compiler.series import CANDIDATE_WEIGHT, LATENCY, REQUESTS
from lifespec_compiler.targets.kubernetes.metadata import Json
from lifespec_schema.values import written

from .promql import BY, number, own, selector
from .recorded import BAD_RATE, BAD_RATIO, BUDGET, BUDGET_LEFT, REQUEST_RATE

if TYPE_CHECKING:
    from lifespec_schema.spec.monitoring import Slo

Speed = Literal["fast", "slow"]

MONTH: Final = 30 * 86400
SHORTEST: Final = 120
"""Seconds of the shortest window: four scrapes, so that one that fails leaves enough to tell a rate."""
BASE: Final = 300
"""Seconds of the rates that all windows are made of; less where the shortest window is."""
OUTAGE: Final = 0.95
"""A share of bad requests that counts as an outage, however high a burn rate asks for more."""


class Burn(NamedTuple):
    """A burn rate, held over a long window and, so that the alarm ends with its cause, over a short one, in seconds."""

    speed: Speed
    factor: float
    long: int
    short: int


WORKBOOK: Final = (
    Burn("fast", 14.4, 3600, 300),
    Burn("fast", 6, 6 * 3600, 1800),
    Burn("slow", 3, 86400, 2 * 3600),
    Burn("slow", 1, 3 * 86400, 6 * 3600),
)


def burns(slo: Slo) -> tuple[Burn, ...]:
    """The workbook's burn rates with their windows for this objective's, in whole minutes."""
    scale = slo.window / MONTH
    return tuple(
        burn._replace(long=_minutes(burn.long * scale, 2 * SHORTEST), short=_minutes(burn.short * scale, SHORTEST))
        for burn in WORKBOOK
    )


def limit(slo: Slo, burn: Burn) -> float:
    """The share of bad requests above which the budget burns too fast.

    A target so low that even an outage burns its budget slower is held to an outage; never to less than the budget.
    """
    budget = 1 - slo.target
    return min(burn.factor * budget, max(OUTAGE, (1 + budget) / 2))


def too_fast(plan: Plan, slo: Slo, speed: Speed) -> str:
    """PromQL: the share of bad requests over the longest window that burns too fast; nothing while none does."""
    pairs = [
        f"({_ratio(plan, slo, burn.long)} > {number(limit(slo, burn))}"
        f" and ignoring (window) {_ratio(plan, slo, burn.short)} > {number(limit(slo, burn))})"
        for burn in burns(slo)
        if burn.speed == speed
    ]
    return f"max without (window) ({' or ignoring (window) '.join(pairs)})"


def bucket(slo: Slo) -> dict[str, str]:
    """The label of the histogram's bucket that holds answers in time. Whole seconds are written `1` or `1.0`."""
    bound = repr(float(slo.threshold or 0))
    whole = bound.removesuffix(".0")
    return {"le": bound} if whole == bound else {"le~": f"{whole}(\\.0)?"}


def recording(plan: Plan, slo: Slo) -> list[Json]:
    """The rules of one evaluation, in order: rates, then their ratio over each window, and the budget."""
    base = min(BASE, *(burn.short for burn in burns(slo)))
    windows = sorted({length for burn in burns(slo) for length in (burn.long, burn.short)})
    return [
        _rule(slo, REQUEST_RATE.name, _counted(plan, slo, base)),
        _rule(slo, BAD_RATE.name, _bad(plan, slo, base)),
        *(
            _rule(slo, BAD_RATIO.name, _over(plan, slo, length, base), window=written.duration(length))
            for length in windows
        ),
        _rule(slo, BUDGET.name, f"vector({number(1 - slo.target)})", **own(plan)),
    ]


def remaining(plan: Plan, slo: Slo) -> list[Json]:
    """The rule for what is left of the budget; it reads much, so it is evaluated seldom. None without a budget."""
    if slo.target == 1:
        return []
    spent = f"({_over(plan, slo, slo.window, 0)}) / {number(1 - slo.target)}"
    return [_rule(slo, BUDGET_LEFT.name, f"1 - {spent}")]


def _minutes(seconds: float, least: int) -> int:
    return max(least, round(seconds / 60) * 60)


def _counted(plan: Plan, slo: Slo, base: int) -> str:
    every = selector(plan, REQUESTS) if slo.sli == "availability" else selector(plan, LATENCY, "_count")
    return _sum(plan, every, base)


def _bad(plan: Plan, slo: Slo, base: int) -> str:
    counted = selector(plan, REQUEST_RATE, slo=slo.name)
    if slo.sli == "availability":
        errors = _sum(plan, selector(plan, REQUESTS, **{"code~": "5.."}), base)
        return f"{errors} or on ({', '.join(BY)}) 0 * {counted}"
    in_time = _sum(plan, selector(plan, LATENCY, "_bucket", **bucket(slo)), base)
    return f"clamp_min({counted} - on ({', '.join(BY)}) {in_time}, 0)"


def _sum(plan: Plan, series: str, base: int) -> str:
    """Requests per second that callers wait for: a candidate without a share of the traffic gets mirrored ones only."""
    mirrored = f"{selector(plan, CANDIDATE_WEIGHT)} == 0"
    rate = f"rate({series}[{written.duration(base)}])"
    return f"sum by ({', '.join(BY)}) ({rate} unless on ({', '.join(BY)}, revision) {mirrored})"


def _over(plan: Plan, slo: Slo, length: float, base: int) -> str:
    bad, counted = (selector(plan, series, slo=slo.name) for series in (BAD_RATE, REQUEST_RATE))
    if length <= base:
        return f"{bad} / {counted}"
    window = f"[{written.duration(length)}]"
    return f"sum_over_time({bad}{window}) / sum_over_time({counted}{window})"


def _ratio(plan: Plan, slo: Slo, length: int) -> str:
    return selector(plan, BAD_RATIO, slo=slo.name, window=written.duration(length))


def _rule(slo: Slo, name: str, expr: str, **labels: str) -> Json:
    return {"record": name, "expr": expr, "labels": {"slo": slo.name, **labels}}
